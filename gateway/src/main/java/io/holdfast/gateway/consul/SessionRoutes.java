package io.holdfast.gateway.consul;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.spi.Entry;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/** Sessions. */
final class SessionRoutes {

  private static final Duration LOCK_DELAY = Duration.ofSeconds(15);
  private static final Duration LONGEST_LOCK_DELAY = Duration.ofSeconds(60);
  private static final Duration SHORTEST_TTL = Duration.ofSeconds(10);
  private static final Duration LONGEST_TTL = Duration.ofHours(24);

  private final ConsulSessions sessions;
  private final Answers answers;

  SessionRoutes(ConsulSessions sessions, Answers answers) {
    this.sessions = sessions;
    this.answers = answers;
  }

  void add(Router router) {
    router.put("/v1/session/create").handler(answers.forWriters(this::create));
    router.put("/v1/session/destroy/:id").handler(answers.forWriters(this::destroy));
    router.put("/v1/session/renew/:id").handler(answers.forWriters(this::renew));
    router.get("/v1/session/info/:id").handler(Answers.guarded(this::info));
    router.get("/v1/session/list").handler(Answers.guarded(context -> list(context, "")));
    router
        .get("/v1/session/node/:node")
        .handler(Answers.guarded(context -> list(context, context.pathParam("node"))));
  }

  private void create(RoutingContext context) {
    Buffer body = context.body().buffer();
    JsonNode json =
        body == null || body.length() == 0
            ? ConsulJson.MAPPER.createObjectNode()
            : ServiceDefinition.parse(body.getBytes());
    String behavior = ServiceDefinition.text(json, "Behavior");
    if (!behavior.isEmpty() && !behavior.equals("release") && !behavior.equals("delete")) {
      throw new BadRequestException("Invalid Behavior setting '" + behavior + "'");
    }
    Optional<Duration> ttl =
        Optional.of(ServiceDefinition.text(json, "TTL"))
            .filter(text -> !text.isEmpty())
            .map(
                text ->
                    GoDuration.parse(text)
                        .filter(there -> there.isZero() || isWithin(there))
                        .orElseThrow(() -> new BadRequestException("a TTL is 10s to 24h: " + text)))
            .filter(there -> !there.isZero());
    String node = ServiceDefinition.text(json, "Node");
    Answers.json(
        context,
        sessions.create(
            new ConsulSessions.Definition(
                ServiceDefinition.text(json, "Name"),
                node.isEmpty() ? "holdfast" : node,
                lockDelay(ServiceDefinition.field(json, "LockDelay")),
                behavior.equals("delete"),
                ttl)),
        id -> ConsulJson.MAPPER.createObjectNode().put("ID", id));
  }

  private static boolean isWithin(Duration ttl) {
    return ttl.compareTo(SHORTEST_TTL) >= 0 && ttl.compareTo(LONGEST_TTL) <= 0;
  }

  /** Text as Go has it, or a number: of seconds if it is small, of nanoseconds if not. */
  private static Duration lockDelay(JsonNode json) {
    if (json.isMissingNode() || json.isNull() || json.asText().isEmpty()) {
      return LOCK_DELAY;
    }
    Duration delay =
        json.isNumber()
            ? (json.asLong() < 1_000
                ? Duration.ofSeconds(json.asLong())
                : Duration.ofNanos(json.asLong()))
            : GoDuration.parse(json.asText())
                .orElseThrow(() -> new BadRequestException("Invalid LockDelay"));
    if (delay.isNegative() || delay.compareTo(LONGEST_LOCK_DELAY) > 0) {
      throw new BadRequestException("a LockDelay is at most 60s");
    }
    return delay;
  }

  private void destroy(RoutingContext context) {
    Answers.json(
        context,
        sessions.end(context.pathParam("id")),
        done -> ConsulJson.MAPPER.getNodeFactory().booleanNode(true));
  }

  private void renew(RoutingContext context) {
    String id = context.pathParam("id");
    if (sessions.renew(id)) {
      info(context);
    } else {
      Answers.text(context, 404, "Session id '" + id + "' not found");
    }
  }

  private void info(RoutingContext context) {
    String id = context.pathParam("id");
    answer(context, sessions.view().find(id).filter(there -> sessions.isAlive(id)).stream());
  }

  private void list(RoutingContext context, String node) {
    answer(
        context,
        sessions.view().present().entries().values().stream()
            .filter(it -> node.isEmpty() || session(it).path("Node").asText().equals(node)));
  }

  private void answer(RoutingContext context, Stream<Entry> found) {
    DirectoryView view = sessions.view();
    if (!view.isKnown()) {
      Answers.noLeader(context);
      return;
    }
    ArrayNode all = ConsulJson.MAPPER.createArrayNode();
    Answers.indexed(context, view, view.present().index());
    found.forEach(entry -> all.add(session(entry)));
    Answers.json(context, all);
  }

  private static ObjectNode session(Entry entry) {
    JsonNode json = ServiceDefinition.parse(entry.payload().bytes());
    ObjectNode session = (ObjectNode) json;
    return session
        .put("CreateIndex", entry.created().value())
        .put("ModifyIndex", entry.modified().value());
  }
}
