# worker, webui and a directory for trying; each is a target of its own.
FROM node:20-bookworm-slim AS assets
WORKDIR /src
COPY package.json package-lock.json ./
RUN mkdir -p webui/page/ext && npm ci --ignore-scripts --no-audit --no-fund && npm run assets

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=assets /src/webui/page/ext webui/page/ext
RUN CGO_ENABLED=0 go build -trimpath -o /out/ ./worker ./webui

FROM gcr.io/distroless/static-debian12:nonroot AS worker
COPY --from=build /out/worker /worker
ENTRYPOINT ["/worker"]

FROM gcr.io/distroless/static-debian12:nonroot AS webui
COPY --from=build /out/webui /webui
EXPOSE 8080 8081
ENTRYPOINT ["/webui"]

# OpenLDAP with an empty city; load your people with ldapadd.
FROM debian:bookworm-slim AS directory
RUN apt-get update && apt-get install -y --no-install-recommends slapd ldap-utils && rm -rf /var/lib/apt/lists/*
COPY scripts/directory /usr/local/bin/directory
EXPOSE 389
ENTRYPOINT ["/usr/local/bin/directory"]
