# Lupa in a container: the TypeScript as it is, run by tsx, as an ordinary user. README.md, "Docker", tells how it is used.
FROM node:24-slim AS modules
WORKDIR /app
COPY package.json package-lock.json ./
COPY prisma ./prisma
COPY src/embedded ./src/embedded
# The same setup as on any machine: npm ci and the generated database client. What only developers need goes again.
RUN node src/embedded/setup.mjs && npm prune --omit=dev --no-audit --no-fund

FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production MALLOC_ARENA_MAX=1 LUPA_HOME=/var/lib/lupa LUPA_LEDGER=/var/lib/lupa-ledger PORT=3000 HOST=0.0.0.0
# Fresh named volumes take owner and mode from here.
RUN install -d -m 700 -o node -g node "$LUPA_HOME" "$LUPA_LEDGER"
COPY --from=modules /app ./
COPY . .
USER node
EXPOSE 3000
# Node itself is process 1 and hears SIGTERM; behind npm or a wrapper it would not.
ENTRYPOINT ["node", "--max-semi-space-size=4", "--single-threaded", "--heap-growing-percent=30", "--import", "tsx", "src/cli/main.ts"]
CMD ["start"]
