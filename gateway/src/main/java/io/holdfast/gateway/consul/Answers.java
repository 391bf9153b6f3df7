package io.holdfast.gateway.consul;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.coordination.CoordinationException;
import io.holdfast.gateway.Door;
import io.holdfast.gateway.WriteAccess;
import io.holdfast.registry.lease.TakenException;
import io.holdfast.registry.lease.TooManyLeasesException;
import io.holdfast.spi.Durations;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How requests are answered: with what came of them, on the event loop that they came on. */
final class Answers {

  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
  private static final String JSON = "application/json";

  private final WriteAccess access;

  Answers(WriteAccess access) {
    this.access = access;
  }

  /** A handler whose refusals become answers. */
  static Handler<RoutingContext> guarded(Consumer<RoutingContext> handler) {
    return context -> {
      try {
        handler.accept(context);
      } catch (BadRequestException e) {
        text(context, e.status(), String.valueOf(e.getMessage()));
      } catch (IllegalArgumentException e) {
        text(context, 400, String.valueOf(e.getMessage()));
      }
    };
  }

  /** A handler for those who may write. */
  Handler<RoutingContext> forWriters(Consumer<RoutingContext> handler) {
    return guarded(
        context -> {
          if (!mayWrite(context.request())) {
            Runnable denied = context.get(Door.DENIED);
            if (denied != null) {
              denied.run();
            }
            text(context, 403, "Permission denied: token with write access needed");
          } else {
            handler.accept(context);
          }
        });
  }

  /** Some clients, consul-api for one, send their token as a parameter, as old Consuls took it. */
  private boolean mayWrite(HttpServerRequest request) {
    return access.of(request).or(() -> access.ofToken(request.getParam("token"))).isPresent();
  }

  static void text(RoutingContext context, int status, String text) {
    if (!context.response().ended() && !context.response().closed()) {
      context.response().setStatusCode(status).putHeader("Content-Type", "text/plain").end(text);
    }
  }

  static void json(RoutingContext context, JsonNode json) {
    json(context, Buffer.buffer(json.toString()));
  }

  static void json(RoutingContext context, Buffer json) {
    if (!context.response().ended() && !context.response().closed()) {
      context.response().putHeader("Content-Type", JSON).end(json);
    }
  }

  /** Says which state of a view is answered, and how old it may be. */
  static void indexed(RoutingContext context, DirectoryView view, long index) {
    Duration age = view.age();
    context.response().putHeader("X-Consul-Index", Long.toString(Math.max(1, index)));
    context.response().putHeader("X-Consul-KnownLeader", Boolean.toString(age.isZero()));
    context.response().putHeader("X-Consul-LastContact", Long.toString(Durations.millis(age)));
  }

  /** Answers 200 with nothing once it is done. */
  static void done(RoutingContext context, CompletionStage<?> stage) {
    later(context, stage, done -> json(context, Buffer.buffer()));
  }

  /** Answers with the JSON that comes of it. */
  static <T> void json(
      RoutingContext context, CompletionStage<T> stage, Function<T, JsonNode> shape) {
    later(context, stage, value -> json(context, shape.apply(value)));
  }

  static <T> void later(RoutingContext context, CompletionStage<T> stage, Consumer<T> answer) {
    Context loop = context.vertx().getOrCreateContext();
    stage.whenComplete(
        (value, failure) ->
            loop.runOnContext(
                none -> {
                  if (failure == null) {
                    answer.accept(value);
                  } else {
                    failed(context, failure);
                  }
                }));
  }

  private static void failed(RoutingContext context, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof BadRequestException bad) {
      text(context, bad.status(), String.valueOf(bad.getMessage()));
    } else if (cause instanceof IllegalArgumentException) {
      text(context, 400, String.valueOf(cause.getMessage()));
    } else if (cause instanceof TakenException) {
      text(context, 409, String.valueOf(cause.getMessage()));
    } else if (cause instanceof TooManyLeasesException) {
      text(context, 429, String.valueOf(cause.getMessage()));
    } else if (cause instanceof CoordinationException || cause instanceof TimeoutException) {
      noLeader(context);
    } else {
      LOG.error("a request failed by a fault of this gateway", cause);
      text(context, 500, "internal error");
    }
  }

  /** What Consul says when its servers cannot be reached. */
  static void noLeader(RoutingContext context) {
    text(context, 500, "No cluster leader");
  }
}
