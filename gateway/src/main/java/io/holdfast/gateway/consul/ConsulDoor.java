package io.holdfast.gateway.consul;

import io.holdfast.gateway.Door;
import io.holdfast.gateway.GatewayParts;
import io.vertx.ext.web.Router;
import java.util.concurrent.CompletableFuture;

/**
 * The registry and the locks for clients of Consul, below {@code /v1}. What is not served is
 * answered with 404.
 */
public final class ConsulDoor implements Door {

  private final GatewayParts parts;
  private final ConsulJson json;
  private final BlockingQuery queries;
  private final AgentServices services;
  private final ConsulOptions options;
  private final KvStore store;
  private final ConsulSessions sessions;
  private final Runnable stopListening;

  /** As the options say. */
  public ConsulDoor(GatewayParts parts, ConsulOptions options) {
    this.parts = parts;
    this.options = options;
    this.json = new ConsulJson(options.datacenter());
    this.services =
        new AgentServices(
            parts.vertx(),
            parts.feed(),
            parts.leases(),
            () -> parts.coordinator().current().isPresent());
    this.store = new KvStore(parts.coordinator(), parts.vertx());
    this.queries = new BlockingQuery(parts.feed(), () -> store.view().age(), options.waits());
    this.sessions = new ConsulSessions(parts.coordinator(), parts.vertx(), store);
    this.stopListening =
        parts
            .feed()
            .listen(
                (before, after) -> {
                  services.changed(before, after);
                  return CompletableFuture.completedFuture(null);
                });
  }

  @Override
  public String name() {
    return "consul";
  }

  @Override
  public void routes(Router router) {
    Answers answers = new Answers(parts.access());
    new ReadRoutes(parts.feed(), queries, options, json).add(router);
    new AgentRoutes(parts.feed(), services, answers, json, parts.bind()).add(router);
    new SessionRoutes(sessions, answers).add(router);
    new KvRoutes(store, sessions, answers, options).add(router);
  }

  /** How many queries wait for a change. */
  public int waiting() {
    return queries.waiting();
  }

  /** Sessions end, so that other gateways' clients get what they had locked. */
  @Override
  public void drain() {
    sessions.close();
    store.close();
  }

  @Override
  public void close() {
    stopListening.run();
    services.close();
  }
}
