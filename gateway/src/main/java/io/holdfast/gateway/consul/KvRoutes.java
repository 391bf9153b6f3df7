package io.holdfast.gateway.consul;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Entry;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Sessions and keys. */
final class KvRoutes {

  private static final String KV = "/v1/kv/";
  private static final Duration LOCK_DELAY = Duration.ofSeconds(15);
  private static final Duration LONGEST_LOCK_DELAY = Duration.ofSeconds(60);
  private static final Duration SHORTEST_TTL = Duration.ofSeconds(10);
  private static final Duration LONGEST_TTL = Duration.ofHours(24);
  private static final int JITTER_PART = 16;

  private final KvStore store;
  private final ConsulSessions sessions;
  private final Answers answers;
  private final ConsulOptions options;

  KvRoutes(KvStore store, ConsulSessions sessions, Answers answers, ConsulOptions options) {
    this.store = store;
    this.sessions = sessions;
    this.answers = answers;
    this.options = options;
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
    router.get(KV + "*").handler(answers.forWriters(context -> whenKnown(context, this::get)));
    router.put(KV + "*").handler(answers.forWriters(this::put));
    router.delete(KV + "*").handler(answers.forWriters(this::delete));
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
    indexed(context, view, view.present().index());
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

  private static void indexed(RoutingContext context, DirectoryView view, long index) {
    Duration age = view.age();
    context.response().putHeader("X-Consul-Index", Long.toString(Math.max(1, index)));
    context.response().putHeader("X-Consul-KnownLeader", Boolean.toString(age.isZero()));
    context.response().putHeader("X-Consul-LastContact", Long.toString(Durations.millis(age)));
  }

  private static String key(RoutingContext context) {
    String whole = context.request().path();
    if (!whole.startsWith(KV)) {
      throw new BadRequestException("write the path plainly");
    }
    String path = whole.substring(KV.length());
    return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static boolean has(HttpServerRequest request, String flag) {
    String value = request.getParam(flag);
    return value != null && !value.equals("false");
  }

  /**
   * A gateway that has just started asks the store first: some clients take a refusal for an empty
   * configuration.
   */
  private void whenKnown(RoutingContext context, Consumer<RoutingContext> read) {
    if (store.view().isKnown() && sessions.view().isKnown()) {
      read.accept(context);
    } else {
      CompletableFuture<Void> both =
          CompletableFuture.allOf(store.view().known(), sessions.view().known());
      Answers.later(context, both, done -> Answers.guarded(read).handle(context));
    }
  }

  private void get(RoutingContext context) {
    HttpServerRequest request = context.request();
    ConsulQuery query = ConsulQuery.of(request, options.datacenter());
    String key = key(context);
    boolean many = has(request, "recurse") || has(request, "keys");
    Supplier<Long> index = () -> many ? store.indexBelow(key) : store.indexOf(key);
    CompletableFuture<Void> changed =
        query.index().isEmpty()
            ? CompletableFuture.completedFuture(null)
            : store.view().changed(index, query.index().get(), withJitter(query.atMost()));
    Context loop = context.vertx().getOrCreateContext();
    context.addEndHandler(ended -> changed.cancel(false));
    changed.whenComplete(
        (done, failure) -> {
          if (failure == null) {
            loop.runOnContext(none -> send(context, key, many, index.get()));
          }
        });
  }

  private static long withJitter(Duration wait) {
    long millis = Durations.millis(wait);
    return millis + ThreadLocalRandom.current().nextLong(millis / JITTER_PART + 1);
  }

  private void send(RoutingContext context, String key, boolean many, long index) {
    HttpServerRequest request = context.request();
    if (context.response().ended() || context.response().closed()) {
      return;
    }
    if (!store.view().isKnown() || !sessions.view().isKnown()) {
      Answers.noLeader(context);
      return;
    }
    indexed(context, store.view(), index);
    Map<String, KvStore.Found> found =
        many
            ? store.below(key)
            : store.find(key).map(there -> Map.of(key, there)).orElseGet(Map::of);
    if (found.isEmpty()) {
      context.response().setStatusCode(404).end();
    } else if (has(request, "keys")) {
      ArrayNode keys = ConsulJson.MAPPER.createArrayNode();
      upTo(found.keySet(), key, request.getParam("separator")).forEach(keys::add);
      Answers.json(context, keys);
    } else if (has(request, "raw") && !many) {
      byte[] value = Base64.getDecoder().decode(found.values().iterator().next().value().value());
      context
          .response()
          .putHeader("Content-Type", "application/octet-stream")
          .putHeader("X-Content-Type-Options", "nosniff")
          .end(Buffer.buffer(value));
    } else {
      ArrayNode all = ConsulJson.MAPPER.createArrayNode();
      found.forEach((name, there) -> all.add(shape(name, there)));
      Answers.json(context, all);
    }
  }

  private static Set<String> upTo(
      Iterable<String> keys, String prefix, @Nullable String separator) {
    Set<String> cut = new TreeSet<>();
    for (String key : keys) {
      int at =
          separator == null || separator.isEmpty() ? -1 : key.indexOf(separator, prefix.length());
      cut.add(at < 0 || separator == null ? key : key.substring(0, at + separator.length()));
    }
    return cut;
  }

  private ObjectNode shape(String key, KvStore.Found there) {
    KvEntry value = there.value();
    ObjectNode json = ConsulJson.MAPPER.createObjectNode();
    json.put("LockIndex", value.lockIndex()).put("Key", key).put("Flags", value.flags());
    json.put("Value", value.value().isEmpty() ? null : value.value());
    value
        .lock()
        .filter(lock -> !lock.ended() && sessions.isAlive(lock.session()))
        .ifPresent(lock -> json.put("Session", lock.session()).put("FencingToken", lock.token()));
    return json.put("CreateIndex", there.created()).put("ModifyIndex", there.modified());
  }

  private void put(RoutingContext context) {
    HttpServerRequest request = context.request();
    String key = key(context);
    if (key.isEmpty()) {
      throw new BadRequestException("Missing key name");
    }
    Buffer body = context.body().buffer();
    String value = Base64.getEncoder().encodeToString(body == null ? new byte[0] : body.getBytes());
    long flags = number(request.getParam("flags")).orElse(0L);
    Optional<Long> cas = number(request.getParam("cas"));
    String acquire = request.getParam("acquire");
    String release = request.getParam("release");
    CompletableFuture<Boolean> done;
    if (acquire != null && !acquire.isEmpty()) {
      done = sessions.acquire(key, acquire, value, flags);
    } else if (release != null && !release.isEmpty()) {
      done = sessions.release(key, release, value, flags);
    } else {
      done =
          store.change(
              key,
              Optional.empty(),
              (index, there) ->
                  cas.isPresent() && !cas.get().equals(index)
                      ? Optional.empty()
                      : Optional.of(there.withValue(value, flags)));
    }
    answer(context, done);
  }

  private static void answer(RoutingContext context, CompletableFuture<Boolean> done) {
    Answers.json(context, done, ConsulJson.MAPPER.getNodeFactory()::booleanNode);
  }

  private static Optional<Long> number(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Long.parseUnsignedLong(text));
    } catch (NumberFormatException e) {
      throw new BadRequestException("not a number: cas and flags are");
    }
  }

  private void delete(RoutingContext context) {
    String key = key(context);
    if (has(context.request(), "recurse")) {
      List<String> keys = new ArrayList<>(store.below(key).keySet());
      answer(
          context,
          store.changeAll(
              keys,
              sessions::forget,
              there -> there.gone() ? Optional.empty() : Optional.of(there.deleted())));
      return;
    }
    Optional<Long> cas = number(context.request().getParam("cas"));
    answer(
        context,
        store
            .change(
                key,
                Optional.empty(),
                (index, there) ->
                    there.gone() || (cas.isPresent() && !cas.get().equals(index))
                        ? Optional.empty()
                        : Optional.of(there.deleted()))
            .thenApply(
                deleted -> {
                  if (deleted) {
                    sessions.forget(key);
                  }
                  return deleted || cas.isEmpty();
                }));
  }
}
