package io.holdfast.gateway.consul;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.spi.Durations;
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
import org.jspecify.annotations.Nullable;

/** Keys. */
final class KvRoutes {

  private static final String KV = "/v1/kv/";
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
    router.get(KV + "*").handler(answers.forWriters(context -> whenKnown(context, this::get)));
    router.put(KV + "*").handler(answers.forWriters(this::put));
    router.delete(KV + "*").handler(answers.forWriters(this::delete));
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
    Answers.indexed(context, store.view(), index);
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
