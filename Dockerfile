# One image for the three services and the CLI: docker-compose.yml picks the entry point.
FROM node:24-slim AS dependencies
WORKDIR /muster
COPY package.json package-lock.json ./
COPY packages packages
COPY services services
# Install scripts and optional packages are for machines without this image's Node and without a Postgres of their own.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /muster
COPY --from=dependencies /muster ./
COPY migrations migrations
USER node
ENTRYPOINT ["node"]
CMD ["packages/cli/src/main.ts", "--help"]
