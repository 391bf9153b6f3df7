package io.holdfast.gateway.consul;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.gateway.ServiceFeed;
import io.holdfast.gateway.ServiceState;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Catalog, health and status.
 *
 * <p>The catalog says nothing of checks, so it leaves out instances that are drained or out of
 * service. Health shows them as Consul shows maintenance, with a critical check, and leaves them
 * out where what passes is asked for.
 */
final class ReadRoutes {

  private final ServiceFeed feed;
  private final BlockingQuery queries;
  private final ConsulOptions options;
  private final ConsulJson json;

  ReadRoutes(ServiceFeed feed, BlockingQuery queries, ConsulOptions options, ConsulJson json) {
    this.feed = feed;
    this.queries = queries;
    this.options = options;
    this.json = json;
  }

  void add(Router router) {
    router.get("/v1/catalog/datacenters").handler(this::datacenters);
    router.get("/v1/catalog/nodes").handler(Answers.guarded(this::nodes));
    router.get("/v1/catalog/services").handler(Answers.guarded(this::services));
    router.get("/v1/catalog/service/:name").handler(Answers.guarded(this::service));
    router.get("/v1/health/service/:name").handler(Answers.guarded(this::health));
    router.get("/v1/health/checks/:name").handler(Answers.guarded(this::checks));
    router.get("/v1/health/state/:state").handler(Answers.guarded(this::inState));
    router.get("/v1/health/node/:node").handler(Answers.guarded(this::ofNode));
    router.get("/v1/status/leader").handler(this::leader);
    router.get("/v1/status/peers").handler(this::peers);
  }

  private ConsulQuery query(RoutingContext context) {
    return ConsulQuery.of(context.request(), options.datacenter());
  }

  private void datacenters(RoutingContext context) {
    Answers.json(context, ConsulJson.MAPPER.createArrayNode().add(options.datacenter()));
  }

  /** Empty as Consul's is, while it has none, if nothing is known of the store. */
  private void leader(RoutingContext context) {
    String leader = isConnected() ? "127.0.0.1:8300" : "";
    Answers.json(context, ConsulJson.MAPPER.getNodeFactory().textNode(leader));
  }

  private void peers(RoutingContext context) {
    ArrayNode peers = ConsulJson.MAPPER.createArrayNode();
    if (isConnected()) {
      peers.add("127.0.0.1:8300");
    }
    Answers.json(context, peers);
  }

  private boolean isConnected() {
    return queries.storeIsThere()
        && feed.isListed()
        && feed.services().values().stream().allMatch(state -> state.snapshot().isCurrent());
  }

  private static Stream<ConsulInstance> instances(ServiceState state) {
    return state.snapshot().instances().stream().map(ConsulInstance::of);
  }

  private static Stream<ConsulInstance> offered(ServiceState state) {
    return instances(state).filter(shown -> !shown.isTakenOut());
  }

  private void nodes(RoutingContext context) {
    queries.answer(
        context,
        query(context),
        Optional.empty(),
        () -> {
          TreeSet<String> hosts = new TreeSet<>();
          feed.services()
              .values()
              .forEach(state -> offered(state).forEach(one -> hosts.add(one.instance().host())));
          ArrayNode nodes = ConsulJson.MAPPER.createArrayNode();
          hosts.forEach(host -> nodes.add(json.node(host)));
          return buffer(nodes);
        });
  }

  private void services(RoutingContext context) {
    queries.answer(
        context,
        query(context),
        Optional.empty(),
        () ->
            queries.once(
                "services",
                feed.index(),
                () -> {
                  Map<String, TreeSet<String>> tags = new TreeMap<>();
                  feed.services()
                      .forEach(
                          (name, state) ->
                              offered(state)
                                  .forEach(
                                      one ->
                                          tags.computeIfAbsent(name, none -> new TreeSet<>())
                                              .addAll(one.tags())));
                  ObjectNode services = ConsulJson.MAPPER.createObjectNode();
                  tags.forEach((name, all) -> all.forEach(services.putArray(name)::add));
                  return buffer(services);
                }));
  }

  private void service(RoutingContext context) {
    String name = context.pathParam("name");
    ConsulQuery query = query(context);
    queries.answer(
        context,
        query,
        Optional.of(name),
        () ->
            made(
                "catalog/" + name + "/" + query.variant(),
                name,
                (state, all) ->
                    offered(state)
                        .filter(query::wants)
                        .forEach(one -> all.add(json.catalogEntry(state, one)))));
  }

  private void health(RoutingContext context) {
    String name = context.pathParam("name");
    ConsulQuery query = query(context);
    queries.answer(
        context,
        query,
        Optional.of(name),
        () ->
            made(
                "health/" + name + "/" + query.variant(),
                name,
                (state, all) ->
                    instances(state)
                        .filter(query::wants)
                        .forEach(one -> all.add(json.healthEntry(state, one)))));
  }

  private void checks(RoutingContext context) {
    String name = context.pathParam("name");
    queries.answer(
        context,
        query(context),
        Optional.of(name),
        () ->
            made(
                "checks/" + name,
                name,
                (state, all) ->
                    instances(state).forEach(one -> json.checks(state, one).forEach(all::add))));
  }

  private void inState(RoutingContext context) {
    String wanted = context.pathParam("state");
    if (!wanted.equals("any") && CheckStatus.of(wanted).isEmpty()) {
      throw new BadRequestException("a state is any, passing, warning or critical");
    }
    allChecks(
        context,
        "state/" + wanted,
        check -> wanted.equals("any") || check.path("Status").asText().equals(wanted));
  }

  private void ofNode(RoutingContext context) {
    String node = context.pathParam("node");
    allChecks(context, "node/" + node, check -> check.path("Node").asText().equals(node));
  }

  private void allChecks(RoutingContext context, String key, Predicate<ObjectNode> wanted) {
    queries.answer(
        context,
        query(context),
        Optional.empty(),
        () ->
            queries.once(
                key,
                feed.index(),
                () -> {
                  ArrayNode all = ConsulJson.MAPPER.createArrayNode();
                  feed.services()
                      .values()
                      .forEach(
                          state ->
                              instances(state)
                                  .flatMap(one -> json.checks(state, one).stream())
                                  .filter(wanted)
                                  .forEach(all::add));
                  return buffer(all);
                }));
  }

  /** Adds the entries of a service to an answer. */
  private interface Entries {
    void add(ServiceState state, ArrayNode all);
  }

  private Buffer made(String key, String service, Entries entries) {
    Optional<ServiceState> state = feed.service(service);
    if (state.isEmpty()) {
      return Buffer.buffer("[]");
    }
    return queries.once(
        key,
        state.get(),
        () -> {
          ArrayNode all = ConsulJson.MAPPER.createArrayNode();
          entries.add(state.get(), all);
          return buffer(all);
        });
  }

  private static Buffer buffer(JsonNode json) {
    return Buffer.buffer(json.toString());
  }
}
