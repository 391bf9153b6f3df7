package io.holdfast.gateway.eureka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.coordination.CoordinationException;
import io.holdfast.gateway.Door;
import io.holdfast.gateway.GatewayParts;
import io.holdfast.gateway.eureka.Applications.Entry;
import io.holdfast.registry.lease.TakenException;
import io.holdfast.registry.lease.TooManyLeasesException;
import io.holdfast.spi.Durations;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Eureka's REST interface, below {@code /eureka} and {@code /eureka/v2}. JSON comes in; JSON or XML
 * goes out.
 *
 * <p>An instance that an operator of ours drains is OUT_OF_SERVICE here. A status override by this
 * interface is an override of ours, for every client.
 */
public final class EurekaDoor implements Door {

  private static final Logger LOG = LoggerFactory.getLogger(EurekaDoor.class);
  private static final List<String> PREFIXES = List.of("/eureka", "/eureka/v2");
  private static final String APP = "app";
  private static final String ID = "id";

  private final GatewayParts parts;
  private final Applications applications;
  private final Registrations registrations;
  private final PeerBatch peers;
  private final Runnable stopListening;

  /** Listens to the feed from now on. */
  public EurekaDoor(GatewayParts parts) {
    Clock clock = Clock.systemUTC();
    this.parts = parts;
    this.applications =
        new Applications(clock, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    this.registrations = new Registrations(parts, applications, clock);
    this.peers = new PeerBatch(registrations, applications, EurekaDoor::status);
    this.stopListening =
        parts
            .feed()
            .listen(
                (before, after) -> {
                  applications.show(after);
                  return CompletableFuture.completedFuture(null);
                });
  }

  @Override
  public String name() {
    return "eureka";
  }

  @Override
  public void close() {
    stopListening.run();
  }

  @Override
  public void routes(Router router) {
    for (String prefix : PREFIXES) {
      reads(router, prefix);
      writes(router, prefix);
    }
  }

  private void reads(Router router, String prefix) {
    router.get(prefix + "/apps").handler(ready(this::all));
    router.get(prefix + "/apps/delta").handler(ready(this::delta));
    router
        .get(prefix + "/apps/:app")
        .handler(ready(context -> tree(context, applications.application(name(context, APP)))));
    router
        .get(prefix + "/apps/:app/:id")
        .handler(
            ready(
                context ->
                    instance(context, applications.find(name(context, APP), name(context, ID)))));
    router
        .get(prefix + "/instances/:id")
        .handler(ready(context -> instance(context, applications.find(name(context, ID)))));
    router.get(prefix + "/vips/:id").handler(ready(context -> byAddress(context, "vipAddress")));
    router
        .get(prefix + "/svips/:id")
        .handler(ready(context -> byAddress(context, "secureVipAddress")));
  }

  private void writes(Router router, String prefix) {
    String instance = prefix + "/apps/:app/:id";
    router
        .post(prefix + "/apps/:app")
        .handler(
            context ->
                write(
                    context,
                    () ->
                        registrations.register(
                            name(context, APP), body(context).path("instance"))));
    router.put(instance).handler(ready(this::renew));
    router
        .delete(instance)
        .handler(
            ready(
                context ->
                    write(
                        context,
                        () -> registrations.cancel(name(context, APP), name(context, ID)))));
    router
        .put(instance + "/metadata")
        .handler(
            ready(
                context ->
                    write(
                        context,
                        () ->
                            registrations.metadata(
                                name(context, APP),
                                name(context, ID),
                                context.queryParams().entries()))));
    router
        .put(instance + "/status")
        .handler(
            ready(
                context ->
                    write(
                        context,
                        () ->
                            registrations.override(
                                name(context, APP),
                                name(context, ID),
                                context.queryParams().get("value"),
                                by(context)))));
    router
        .delete(instance + "/status")
        .handler(
            ready(
                context ->
                    write(
                        context,
                        () ->
                            registrations.clearOverride(
                                name(context, APP), name(context, ID), by(context)))));
    router.post(prefix + "/peerreplication/batch").handler(ready(this::batch));
  }

  /** Before the store has named the services, nothing is known: clients keep what they have. */
  private Handler<RoutingContext> ready(Handler<RoutingContext> handler) {
    return context -> {
      if (parts.feed().isReady()) {
        handler.handle(context);
      } else {
        text(context, 503, "the store has not named the services yet");
      }
    };
  }

  private static String name(RoutingContext context, String parameter) {
    return String.valueOf(context.pathParam(parameter));
  }

  private static String by(RoutingContext context) {
    return context.<String>get(PRINCIPAL);
  }

  private static Format format(RoutingContext context) {
    return Format.wantedBy(context.request().getHeader("Accept"));
  }

  private static JsonNode body(RoutingContext context) {
    String type = context.request().getHeader("Content-Type");
    if (type != null && !type.contains("json")) {
      throw new UnsupportedBodyException();
    }
    Buffer buffer = context.body().buffer();
    return EurekaJson.read(buffer == null ? new byte[0] : buffer.getBytes());
  }

  /** The body is not JSON by its own account. */
  private static final class UnsupportedBodyException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private void all(RoutingContext context) {
    Format format = format(context);
    send(context, format, applications.all(format));
  }

  private void delta(RoutingContext context) {
    Format format = format(context);
    Optional<Buffer> delta = applications.delta(format);
    if (delta.isEmpty()) {
      context.response().setStatusCode(403).end();
    } else {
      send(context, format, delta.get());
    }
  }

  private void instance(RoutingContext context, Optional<Entry> there) {
    tree(
        context,
        there.map(
            entry -> {
              ObjectNode document = entry.document().deepCopy();
              String service = entry.there().instance().service();
              parts
                  .leases()
                  .sinceRenewal(service, entry.there().id())
                  .ifPresent(
                      since ->
                          document
                              .withObject("/leaseInfo")
                              .put(
                                  "lastRenewalTimestamp",
                                  System.currentTimeMillis() - Durations.millis(since)));
              ObjectNode tree = EurekaJson.object();
              tree.set("instance", document);
              return tree;
            }));
  }

  private void byAddress(RoutingContext context, String field) {
    tree(context, Optional.of(applications.byAddress(field, name(context, ID))));
  }

  private static void tree(RoutingContext context, Optional<ObjectNode> tree) {
    if (tree.isEmpty()) {
      context.response().setStatusCode(404).end();
      return;
    }
    Format format = format(context);
    send(context, format, Buffer.buffer(format.write(tree.get())));
  }

  private static void send(RoutingContext context, Format format, Buffer bytes) {
    context.response().putHeader("Content-Type", format.mediaType()).end(bytes);
  }

  private static void text(RoutingContext context, int status, String text) {
    context.response().setStatusCode(status).putHeader("Content-Type", "text/plain").end(text);
  }

  private void renew(RoutingContext context) {
    String dirty = context.queryParams().get("lastDirtyTimestamp");
    boolean peer =
        Boolean.parseBoolean(context.request().getHeader("x-netflix-discovery-replication"));
    write(
        context,
        () -> {
          OptionalLong timestamp =
              dirty == null || dirty.equals("null")
                  ? OptionalLong.empty()
                  : OptionalLong.of(Long.parseLong(dirty));
          int status = registrations.renew(name(context, APP), name(context, ID), timestamp, peer);
          return CompletableFuture.completedFuture(status);
        });
  }

  private void batch(RoutingContext context) {
    answer(
        context,
        () -> peers.apply(body(context), by(context)),
        (done, there) -> send(there, Format.JSON, Buffer.buffer(Format.JSON.write(done))));
  }

  private static void write(RoutingContext context, Supplier<CompletableFuture<Integer>> write) {
    answer(context, write, (status, there) -> there.response().setStatusCode(status).end());
  }

  /** Answers on the request's own event loop, in the end. */
  private static <T> void answer(
      RoutingContext context,
      Supplier<? extends CompletionStage<T>> work,
      BiConsumer<T, RoutingContext> answer) {
    Context loop = context.vertx().getOrCreateContext();
    CompletionStage<T> done;
    try {
      done = work.get();
    } catch (IllegalArgumentException e) {
      text(context, 400, String.valueOf(e.getMessage()));
      return;
    } catch (UnsupportedBodyException e) {
      text(context, 415, "send JSON");
      return;
    }
    done.whenComplete(
        (value, failure) ->
            loop.runOnContext(
                now -> {
                  if (context.response().ended() || context.response().closed()) {
                    return;
                  }
                  if (failure == null) {
                    answer.accept(value, context);
                  } else {
                    text(context, status(failure), message(failure));
                  }
                }));
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  private static String message(Throwable failure) {
    Throwable cause = cause(failure);
    return status(cause) == 500 ? "the gateway failed" : String.valueOf(cause.getMessage());
  }

  private static int status(Throwable failure) {
    Throwable cause = cause(failure);
    if (cause instanceof TakenException) {
      return 409;
    }
    if (cause instanceof TooManyLeasesException || cause instanceof CoordinationException) {
      return 503;
    }
    if (cause instanceof IllegalArgumentException) {
      return 400;
    }
    LOG.error("a request failed by a fault of this gateway", cause);
    return 500;
  }
}
