package io.holdfast.etcd.internal.client;

import io.etcd.jetcd.Client;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One server through a jetcd client of its own, and whether it is worth asking. In the context.
 *
 * <p>gRPC waits up to two minutes between attempts to connect and jetcd has no way to change that;
 * so a client that cannot connect is replaced by a new one, which tries at once.
 */
final class Server implements AutoCloseable {

  /** Less than this gRPC does not allow. A dead connection is noticed after both. */
  private static final Duration PING_EVERY = Duration.ofSeconds(10);

  private static final Duration PING_TIMEOUT = Duration.ofSeconds(4);
  private static final Duration FIRST_SUSPICION = Duration.ofSeconds(1);
  private static final Duration LONGEST_SUSPICION = Duration.ofSeconds(16);
  private static final Duration RECONNECT_AFTER = Duration.ofSeconds(3);
  private static final int LARGEST_REPLY = 64 * 1024 * 1024;

  private final String host;

  /** Makes a client; empty if the application's is used. */
  private final Optional<Supplier<Client>> maker;

  private final Context context;
  private Client client;
  private long madeAt;
  private long suspectUntil;
  private Duration suspicion = Duration.ZERO;

  Server(String host, Duration connectTimeout, Security security, Context context) {
    this(host, Optional.of(() -> newClient(host, connectTimeout, security)), null, context);
  }

  private Server(
      String host, Optional<Supplier<Client>> maker, @Nullable Client given, Context context) {
    this.host = host;
    this.maker = maker;
    this.context = context;
    this.client = given == null ? maker.orElseThrow().get() : given;
    this.madeAt = context.nanoTime();
    this.suspectUntil = madeAt;
  }

  /** All the servers that the application's client has, which chooses among them by itself. */
  static Server behind(Client application, Context context) {
    return new Server("application-client", Optional.empty(), application, context);
  }

  private static Client newClient(String host, Duration connectTimeout, Security security) {
    return security
        .applyTo(Client.builder().target(target(host)), host)
        .executorService(new DirectExecutor())
        .interceptor(new Call.Interceptor())
        .waitForReady(false)
        .retryMaxAttempts(0)
        .connectTimeout(connectTimeout)
        .keepaliveTime(PING_EVERY)
        .keepaliveTimeout(PING_TIMEOUT)
        .keepaliveWithoutCalls(true)
        .maxInboundMessageSize(LARGEST_REPLY)
        .build();
  }

  String host() {
    return host;
  }

  /** The address in the form that jetcd resolves. */
  String target() {
    return target(host);
  }

  private static String target(String host) {
    return "ip:///" + host;
  }

  Client client() {
    return client;
  }

  /** True until the latest suspicion has run out. */
  boolean isSuspect() {
    return context.nanoTime() - suspectUntil < 0;
  }

  /** When the latest suspicion runs out, on the clock of the context. */
  long suspectUntil() {
    return suspectUntil;
  }

  /** Notes an answer. */
  void answered() {
    suspicion = Duration.ZERO;
    suspectUntil = context.nanoTime();
  }

  /** Notes that it did not answer: it is passed over for a while, each time twice as long. */
  void suspect() {
    suspicion = suspicion.isZero() ? FIRST_SUSPICION : Backoff.next(suspicion, LONGEST_SUSPICION);
    suspectUntil = context.nanoTime() + Durations.nanos(suspicion);
  }

  /** Notes that there was no connection. */
  void notConnected() {
    suspect();
    if (maker.isPresent() && context.nanoTime() - madeAt > Durations.nanos(RECONNECT_AFTER)) {
      client.close();
      client = maker.get().get();
      madeAt = context.nanoTime();
    }
  }

  @Override
  public void close() {
    if (maker.isPresent()) {
      client.close();
    }
  }
}
