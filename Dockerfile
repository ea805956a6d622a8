# Lupa in a container, run as an ordinary user. README.md, "Docker", tells how it is used.
FROM node:24-slim AS built
WORKDIR /app
# The same setup as on any machine, in two steps: the modules stay as they are while only sources change.
COPY package.json package-lock.json ./
COPY src/embedded ./src/embedded
RUN node src/embedded/setup.mjs
COPY . .
# The generated database client and the program. What only developers need goes again.
RUN node src/embedded/setup.mjs && npm prune --omit=dev --no-audit --no-fund

FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production MALLOC_ARENA_MAX=1 LUPA_HOME=/var/lib/lupa LUPA_LEDGER=/var/lib/lupa-ledger PORT=3000 HOST=0.0.0.0
# Fresh named volumes take owner and mode from here.
RUN install -d -m 700 -o node -g node "$LUPA_HOME" "$LUPA_LEDGER"
COPY --from=built /app ./
USER node
EXPOSE 3000
# Node itself is process 1 and hears SIGTERM; behind npm or a wrapper it would not.
ENTRYPOINT ["node", "--max-semi-space-size=4", "--single-threaded", "--heap-growing-percent=30", "--enable-source-maps", "dist/main.mjs"]
CMD ["start"]
