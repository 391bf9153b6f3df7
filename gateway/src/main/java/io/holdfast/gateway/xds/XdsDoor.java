package io.holdfast.gateway.xds;

import com.google.common.util.concurrent.MoreExecutors;
import io.envoyproxy.controlplane.server.V3DiscoveryServer;
import io.envoyproxy.controlplane.server.serializer.DefaultProtoResourcesSerializer;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptors;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.holdfast.gateway.Door;
import io.holdfast.gateway.GatewayParts;
import io.holdfast.gateway.ServiceState;
import io.holdfast.http.server.tls.HttpTls;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The aggregated discovery service of xDS: a gRPC client that dials {@code xds:///billing} gets the
 * listener, route, cluster and endpoints {@code billing}; Envoy gets clusters and endpoints. Reads
 * only.
 *
 * <p>Instances that drain are endpoints that are draining; a drain is acknowledged once every
 * client that wants the service has taken the change. An outage of the store changes nothing. Of
 * the ports of an instance the one called {@code grpc} is served, or {@code http}.
 */
public final class XdsDoor implements Door {

  private static final int THREADS = 2;
  private static final int LOOK_UPS = 4;
  private static final long REFRESH_MILLIS = 5_000;
  private static final int LARGEST_REQUEST = 1024 * 1024;
  private static final int CALLS_OF_A_CONNECTION = 8;
  private static final long HANDSHAKE_SECONDS = 5;
  private static final long ALIVE_SECONDS = 30;
  private static final long CLIENTS_ALIVE_SECONDS = 10;

  private final XdsOptions options;
  private final XdsStreams streams;
  private final XdsFeed answers;
  private final ExecutorService threads;
  private final ExecutorService names;
  private final Runnable stopListening;
  private volatile @Nullable Server server;

  /** Listens to the feed from now on. */
  public XdsDoor(GatewayParts parts, XdsOptions options) {
    this(parts, options, HostAddresses.Resolver::ofTheMachine);
  }

  XdsDoor(GatewayParts parts, XdsOptions options, HostAddresses.Resolver resolver) {
    this.options = options;
    this.threads = Executors.newFixedThreadPool(THREADS, named("holdfast-xds-"));
    this.names = Executors.newFixedThreadPool(LOOK_UPS, named("holdfast-xds-names-"));
    this.streams = new XdsStreams(options);
    this.answers =
        new XdsFeed(
            parts.feed(), streams, MoreExecutors.newSequentialExecutor(threads), resolver, names);
    Runnable stop = parts.feed().listen((before, after) -> answers.changed(after));
    long timer =
        parts
            .vertx()
            .setPeriodic(REFRESH_MILLIS, again -> threads.execute(answers::refreshAddresses));
    this.stopListening =
        () -> {
          stop.run();
          parts.vertx().cancelTimer(timer);
        };
    for (ServiceState there : parts.feed().services().values()) {
      answers.changed(there);
    }
  }

  private static ThreadFactory named(String prefix) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, prefix + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public String name() {
    return "xds";
  }

  @Override
  public CompletionStage<?> open() {
    // Answers of one stream come from several threads, and its observer takes one at a time.
    V3DiscoveryServer discovery =
        new V3DiscoveryServer(
            List.of(streams),
            answers,
            () -> MoreExecutors.newSequentialExecutor(threads),
            new DefaultProtoResourcesSerializer());
    try {
      server =
          NettyServerBuilder.forAddress(options.address(), credentials())
              .executor(threads)
              .addService(
                  ServerInterceptors.intercept(
                      discovery.getAggregatedDiscoveryServiceImpl(),
                      new StreamLimit(options.streams())))
              .handshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS)
              .maxInboundMessageSize(LARGEST_REQUEST)
              .maxConcurrentCallsPerConnection(CALLS_OF_A_CONNECTION)
              .keepAliveTime(ALIVE_SECONDS, TimeUnit.SECONDS)
              .permitKeepAliveTime(CLIENTS_ALIVE_SECONDS, TimeUnit.SECONDS)
              .permitKeepAliveWithoutCalls(true)
              .build()
              .start();
      return CompletableFuture.completedFuture(null);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private ServerCredentials credentials() {
    return options
        .tls()
        .map(HttpTls::load)
        .<ServerCredentials>map(
            tls -> {
              TlsServerCredentials.Builder builder =
                  TlsServerCredentials.newBuilder()
                      .keyManager(tls.shown())
                      .clientAuth(
                          switch (tls.clients()) {
                            case NONE -> TlsServerCredentials.ClientAuth.NONE;
                            case REQUEST -> TlsServerCredentials.ClientAuth.OPTIONAL;
                            case REQUIRED -> TlsServerCredentials.ClientAuth.REQUIRE;
                          });
              tls.trusted().ifPresent(builder::trustManager);
              return builder.build();
            })
        .orElseGet(InsecureServerCredentials::create);
  }

  /**
   * The port.
   *
   * @throws IllegalStateException before it is open
   */
  public int port() {
    Server opened = server;
    if (opened == null) {
      throw new IllegalStateException("the door is not open");
    }
    return opened.getPort();
  }

  /** Streams that are open; for the status and for tests. */
  int streams() {
    return streams.open();
  }

  int waiting() {
    return answers.waiting();
  }

  /** Ends the streams: clients go on with what they have, and ask another gateway. */
  @Override
  public void drain() {
    stopListening.run();
    Server opened = server;
    if (opened != null) {
      opened.shutdownNow();
    }
  }

  @Override
  public void close() {
    drain();
    names.shutdownNow();
    threads.shutdown();
  }
}
