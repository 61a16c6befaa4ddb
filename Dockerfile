# Holdfast on Node 26. Two stages: npm and its cache stay behind in the first. Guide: docs/containers.md.
# The version of Node is the one that the tests run on (package.json, devDependencies.node).
FROM node:26.10.0-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No dependency has to build anything, so none may run scripts. Left out: `node` from npm too, since the image has one.
RUN npm ci --omit=dev --ignore-scripts
# Of Google's 340 APIs the calendar's part alone: 240 MB less.
COPY deploy/prune-googleapis.js ./prune-googleapis.js
RUN node prune-googleapis.js node_modules

FROM node:26.10.0-bookworm-slim
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    HOLDFAST_DATA=/data \
    NO_COLOR=1
WORKDIR /app
# The data folder belongs to who runs the server; a new volume takes that over. Everything else is root's, and read only.
RUN install -d -o 1000 -g 1000 -m 700 /data && ln -s /app/bin/holdfast.js /usr/local/bin/holdfast
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json ./
COPY bin ./bin
COPY src ./src
COPY demo ./demo
# `node` in the base image. A number, so that an orchestrator can see that it is not root.
USER 1000:1000
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
# Ready, not alive: it can append to its log and keeps up. A start may wait half a minute for a log elsewhere.
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`, { signal: AbortSignal.timeout(5000) }).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "bin/holdfast.js", "serve"]
