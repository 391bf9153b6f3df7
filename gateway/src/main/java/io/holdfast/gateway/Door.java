package io.holdfast.gateway;

import io.vertx.ext.web.Router;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A protocol in which others meet the registry. It is made of {@link GatewayParts} and keeps no
 * state that another gateway would miss: what it registers is in the store, with all that the
 * protocol wants to know again in its notes.
 *
 * <p>The order of life: {@link #routes}, {@link #open}, {@link #drain}, {@link #close}.
 */
public interface Door {

  /**
   * Where a request's {@code RoutingContext} has the name of the one whose token it came with.
   * Every request that is not a GET, HEAD or OPTIONS has one: others are refused before their body
   * is read.
   */
  String PRINCIPAL = "holdfast.principal";

  /**
   * Where a request's {@code RoutingContext} has a {@link Runnable} for a door that reads only with
   * a token: to be called before it is answered that the token is none. A connection on which that
   * happens a few times is closed.
   */
  String DENIED = "holdfast.denied";

  /** Its name, for logs and for the status page. */
  String name();

  /**
   * Adds its routes to the gateway's HTTP server, below prefixes of its own. Handlers run on the
   * event loop and must not block. Every request has passed the limits and {@code RequestRules}.
   */
  default void routes(Router router) {}

  /**
   * Opens ports of its own, if it has any.
   *
   * @return completes when they are open; fails with {@link java.io.IOException} if one cannot be
   */
  default CompletionStage<?> open() {
    return CompletableFuture.completedFuture(null);
  }

  /** The gateway stops: answers long waits at once, and begins no new ones. Idempotent. */
  default void drain() {}

  /** Closes what it has opened. Idempotent; blocks for a second at most. */
  default void close() {}
}
