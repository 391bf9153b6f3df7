package io.holdfast.gateway.dns;

import io.holdfast.gateway.Door;
import io.holdfast.gateway.GatewayParts;
import io.holdfast.spi.Durations;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The registry as a zone of the DNS: see {@link DnsServer} and {@link Zone}.
 *
 * <p>A drain is acknowledged once the answers that name the instance have expired wherever they are
 * kept, that is {@link DnsOptions#ttl} and a second and a half later, if the service was asked for
 * shortly before.
 */
public final class DnsDoor implements Door {

  /** Clients count whole seconds, and an answer may have been under way. */
  private static final Duration ROUNDING = Duration.ofMillis(1_500);

  private final DnsOptions options;
  private final FeedLookup services;
  private final Vertx vertx;
  private final Runnable stopListening;
  private volatile @Nullable DnsServer server;

  /** Not open yet. */
  public DnsDoor(GatewayParts parts, DnsOptions options) {
    this.options = options;
    this.vertx = parts.vertx();
    this.services = new FeedLookup(parts.feed());
    this.stopListening =
        parts
            .feed()
            .listen(
                (before, after) ->
                    services.isRemembered(before, after, options.ttl().plus(ROUNDING))
                        ? expired()
                        : CompletableFuture.completedFuture(null));
  }

  private CompletionStage<?> expired() {
    long millis = Durations.millis(options.ttl().plus(ROUNDING));
    CompletableFuture<Void> passed = new CompletableFuture<>();
    vertx.setTimer(millis, fired -> passed.complete(null));
    return passed;
  }

  @Override
  public String name() {
    return "dns";
  }

  @Override
  public CompletionStage<?> open() {
    return vertx
        .executeBlocking(
            () -> {
              server = DnsServer.start(options, services);
              return null;
            })
        .toCompletionStage();
  }

  /** Where it listens, over UDP and TCP; empty while it is not open. */
  public Optional<InetSocketAddress> address() {
    return Optional.ofNullable(server).map(DnsServer::address);
  }

  @Override
  public void close() {
    stopListening.run();
    DnsServer open = server;
    if (open != null) {
      open.close();
    }
  }
}
