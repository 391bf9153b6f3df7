package io.holdfast.gateway.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.envoyproxy.controlplane.cache.Resources;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.NameResolverRegistry;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.grpc.xds.XdsNameResolverProvider;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.security.ClientCertificate;
import io.holdfast.gateway.Gateway;
import io.holdfast.gateway.GatewayOptions;
import io.holdfast.gateway.WriteAccess;
import io.holdfast.http.server.tls.TlsIdentity;
import io.holdfast.http.server.tls.TlsOptions;
import io.holdfast.registry.DrainResult;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.admin.RegistryAdmin;
import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.memory.MemoryCluster;
import io.holdfast.testkit.tls.TestAuthority;
import io.holdfast.testkit.zookeeper.EmbeddedZooKeeper;
import io.vertx.core.http.ClientAuth;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** gRPC's own xDS client, and raw streams, against the door. */
@Timeout(120)
class XdsDoorTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int ROUND = 12;
  private static final XdsOptions ANY =
      XdsOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  private static final AtomicInteger SCHEMES = new AtomicInteger();

  private static final MethodDescriptor<String, String> WHO =
      MethodDescriptor.newBuilder(new Text(), new Text())
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("test.Payment/Who")
          .build();

  private static final MethodDescriptor<DiscoveryRequest, DiscoveryResponse> STREAM =
      io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc
          .getStreamAggregatedResourcesMethod();

  private final List<AutoCloseable> open = new ArrayList<>();

  /** Strings as messages. */
  private static final class Text implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String value) {
      return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String parse(InputStream stream) {
      try {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @AfterEach
  void close() throws Exception {
    for (int last = open.size() - 1; last >= 0; last--) {
      open.get(last).close();
    }
  }

  private <T extends AutoCloseable> T opened(T thing) {
    open.add(thing);
    return thing;
  }

  private XdsDoor door(Coordinator coordinator, int streams) throws IOException {
    return door(coordinator, ANY.withStreams(streams), HostAddresses.Resolver::ofTheMachine);
  }

  private XdsDoor door(Coordinator coordinator, XdsOptions options, HostAddresses.Resolver resolver)
      throws IOException {
    List<XdsDoor> made = new ArrayList<>();
    opened(
        Gateway.start(
            coordinator,
            GatewayOptions.loopback(0),
            WriteAccess.none(),
            parts -> {
              made.add(new XdsDoor(parts, options, resolver));
              return List.copyOf(made);
            }));
    return made.get(0);
  }

  private Coordinator connect(String uri) {
    return opened(
        Coordinator.connect(
            uri, CoordinatorOptions.defaults().withSessionTimeout(Duration.ofSeconds(6))));
  }

  private Registration register(Registry registry, String id) throws Exception {
    Server server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(
                ServerServiceDefinition.builder("test.Payment")
                    .addMethod(
                        WHO,
                        ServerCalls.asyncUnaryCall(
                            (request, reply) -> {
                              reply.onNext(id);
                              reply.onCompleted();
                            }))
                    .build())
            .build()
            .start();
    open.add(server::shutdownNow);
    return registry.register(
        ServiceInstance.of("payment", id, "127.0.0.1")
            .withPort("grpc", server.getPort())
            .withZone("eu-1"));
  }

  /** gRPC's own client, as an application has it; only the bootstrap does not come from a file. */
  private ManagedChannel channel(int port) {
    return channel(port, Map.of("type", "insecure"));
  }

  private ManagedChannel channel(int port, Map<String, ?> credentials) {
    String scheme = "xds" + SCHEMES.incrementAndGet();
    Map<String, ?> bootstrap =
        Map.of(
            "xds_servers",
            List.of(
                Map.of(
                    "server_uri",
                    "127.0.0.1:" + port,
                    "channel_creds",
                    List.of(credentials),
                    "server_features",
                    List.of("xds_v3"))),
            "node",
            Map.of("id", "test"));
    XdsNameResolverProvider resolver = XdsNameResolverProvider.createForTest(scheme, bootstrap);
    NameResolverRegistry.getDefaultRegistry().register(resolver);
    open.add(() -> NameResolverRegistry.getDefaultRegistry().deregister(resolver));
    ManagedChannel channel =
        Grpc.newChannelBuilder(scheme + ":///payment", InsecureChannelCredentials.create()).build();
    open.add(channel::shutdownNow);
    return channel;
  }

  private static String ask(ManagedChannel channel) {
    return ClientCalls.blockingUnaryCall(
        channel,
        WHO,
        CallOptions.DEFAULT.withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS),
        "");
  }

  private static Set<String> round(ManagedChannel channel) {
    Set<String> answers = new TreeSet<>();
    for (int i = 0; i < ROUND; i++) {
      answers.add(ask(channel));
    }
    return answers;
  }

  @Test
  void channel_onZooKeeper_picksAndDrainsWithoutAFailure() throws Exception {
    EmbeddedZooKeeper zookeeper = opened(EmbeddedZooKeeper.start());
    pickAndDrain(zookeeper.uri("xds"));
  }

  @Test
  void channel_onEtcd_picksAndDrainsWithoutAFailure() throws Exception {
    EtcdCluster etcd = opened(EtcdCluster.start(1));
    pickAndDrain(etcd.uri("xds"));
  }

  private void pickAndDrain(String uri) throws Exception {
    Registry registry = opened(new Registry(connect(uri)));
    register(registry, "p-1");
    register(registry, "p-2");
    XdsDoor door = door(connect(uri), 10);
    ManagedChannel channel = channel(door.port());
    await().atMost(PATIENCE).until(() -> round(channel).equals(Set.of("p-1", "p-2")));
    AtomicBoolean stop = new AtomicBoolean();
    CompletableFuture<Integer> calls =
        CompletableFuture.supplyAsync(
            () -> {
              int count = 0;
              while (!stop.get()) {
                ask(channel);
                count++;
              }
              return count;
            });

    DrainResult drained =
        new RegistryAdmin(connect(uri))
            .drain("payment", "p-1", "a test", "", PATIENCE)
            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

    assertThat(drained.isComplete()).isTrue();
    assertThat(drained.took()).isLessThan(Duration.ofSeconds(10));
    // What the door has acknowledged, the client has been told; it takes a moment to apply it.
    await().atMost(PATIENCE).until(() -> round(channel).equals(Set.of("p-2")));
    register(registry, "p-3");
    await().atMost(PATIENCE).until(() -> round(channel).equals(Set.of("p-2", "p-3")));
    stop.set(true);
    assertThat(calls.get(30, TimeUnit.SECONDS)).isPositive();
  }

  @Test
  void channel_whileTheStoreIsAway_goesOnWithWhatItHas() throws Exception {
    MemoryCluster cluster = opened(MemoryCluster.onRealTime());
    CoordinatorOptions options =
        CoordinatorOptions.defaults()
            .withSessionTimeout(Duration.ofSeconds(1))
            .withRequestTimeout(Duration.ofMillis(300));
    Registry registry =
        opened(
            new Registry(
                opened(
                    Coordinator.connect(cluster.client("serving", options), options, "memory"))));
    register(registry, "p-1");
    XdsDoor door =
        door(
            opened(Coordinator.connect(cluster.client("gateway", options), options, "memory")), 10);
    ManagedChannel channel = channel(door.port());
    assertThat(ask(channel)).isEqualTo("p-1");

    cluster.cut("gateway");
    cluster.cut("serving");
    // A client that comes while the store is away gets what the door knows.
    ManagedChannel late = channel(door.port());

    assertThat(ask(late)).isEqualTo("p-1");
    assertThat(round(channel)).containsExactly("p-1");
    cluster.heal("gateway");
    cluster.heal("serving");
  }

  @Test
  void channel_overMutualTls_isServedAndOthersAreNot() throws Exception {
    TestAuthority authority = opened(TestAuthority.create("xds"));
    TlsOptions tls =
        new TlsOptions(
            new TlsIdentity.Pem(authority.server()),
            Optional.of(authority.pem()),
            ClientAuth.REQUIRED);
    String uri = "memory://xds/" + UUID.randomUUID();
    Registry registry = opened(new Registry(connect(uri)));
    register(registry, "p-1");
    XdsDoor door =
        door(connect(uri), ANY.withTls(Optional.of(tls)), HostAddresses.Resolver::ofTheMachine);
    ClientCertificate own = authority.client("caller");
    Map<String, String> files =
        Map.of(
            "ca_certificate_file", authority.pem().toString(),
            "certificate_file", own.chain().toString(),
            "private_key_file", own.key().toString());

    ManagedChannel channel =
        channel(door.port(), Map.of("type", FileCredentials.NAME, "config", files));

    assertThat(ask(channel)).isEqualTo("p-1");
    // Without a certificate, and without TLS.
    ManagedChannel nobody =
        Grpc.newChannelBuilder(
                "127.0.0.1:" + door.port(),
                TlsChannelCredentials.newBuilder().trustManager(authority.pem().toFile()).build())
            .build();
    open.add(nobody::shutdownNow);
    for (ManagedChannel refused : List.of(nobody, plain(door.port()))) {
      Raw raw = new Raw(refused);
      raw.requests.onNext(raw.endpoints(1).build());
      assertThat(raw.ended.get(30, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }
    assertThat(door.streams()).isEqualTo(1);
  }

  @Test
  void stream_hostsAreNames_keepTheirAddressesWhenTheNameServiceFails() throws Exception {
    Map<String, List<String>> names = new ConcurrentHashMap<>();
    CompletableFuture<Void> slow = new CompletableFuture<>();
    String uri = "memory://xds/" + UUID.randomUUID();
    Registry registry = opened(new Registry(connect(uri)));
    names.put("p.example", List.of("10.0.0.7"));
    registry.register(ServiceInstance.http("service-0", "named", "p.example", 80));
    Registration other = registry.register(ServiceInstance.http("service-0", "b", "10.0.0.8", 80));
    XdsDoor door =
        door(
            connect(uri),
            ANY,
            host -> {
              slow.join();
              return Optional.ofNullable(names.get(host))
                  .orElseThrow(() -> new UnknownHostException(host));
            });
    Raw raw = new Raw(plain(door.port()));
    raw.requests.onNext(raw.endpoints(1).build());
    await().atMost(PATIENCE).until(() -> door.waiting() == 1);
    // Nothing is said while the name is looked up for the first time.
    assertThat(raw.answers).isEmpty();
    slow.complete(null);
    DiscoveryResponse first = raw.answer(0);
    assertThat(addresses(first)).containsExactlyInAnyOrder("10.0.0.7", "10.0.0.8");

    names.clear();
    other.update(instance -> instance.withWeight(50)).get(30, TimeUnit.SECONDS);
    raw.requests.onNext(
        raw.endpoints(1)
            .setVersionInfo(first.getVersionInfo())
            .setResponseNonce(first.getNonce())
            .build());
    assertThat(addresses(raw.answer(1))).containsExactlyInAnyOrder("10.0.0.7", "10.0.0.8");
  }

  private static List<String> addresses(DiscoveryResponse answer) throws Exception {
    return answer.getResources(0).unpack(ClusterLoadAssignment.class).getEndpointsList().stream()
        .flatMap(locality -> locality.getLbEndpointsList().stream())
        .map(each -> each.getEndpoint().getAddress().getSocketAddress().getAddress())
        .toList();
  }

  /** A stream as it is on the wire. */
  private static final class Raw implements StreamObserver<DiscoveryResponse> {
    private final List<DiscoveryResponse> answers = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Status> ended = new CompletableFuture<>();
    private final StreamObserver<DiscoveryRequest> requests;

    Raw(ManagedChannel channel) {
      this.requests =
          ClientCalls.asyncBidiStreamingCall(channel.newCall(STREAM, CallOptions.DEFAULT), this);
    }

    @Override
    public void onNext(DiscoveryResponse answer) {
      answers.add(answer);
    }

    @Override
    public void onError(Throwable failure) {
      ended.complete(Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
      ended.complete(Status.OK);
    }

    DiscoveryRequest.Builder endpoints(int names) {
      return DiscoveryRequest.newBuilder()
          .setTypeUrl(Resources.V3.ENDPOINT_TYPE_URL)
          .addAllResourceNames(IntStream.range(0, names).mapToObj(i -> "service-" + i).toList());
    }

    DiscoveryResponse answer(int number) {
      await().atMost(PATIENCE).until(() -> answers.size() > number);
      return answers.get(number);
    }
  }

  private ManagedChannel plain(int port) {
    ManagedChannel channel =
        Grpc.newChannelBuilder("127.0.0.1:" + port, InsecureChannelCredentials.create())
            .maxInboundMessageSize(64 * 1024 * 1024)
            .build();
    open.add(channel::shutdownNow);
    return channel;
  }

  @Test
  void stream_thatAsksForAThousandServices_isAnsweredOnceAndBounded() throws Exception {
    String uri = "memory://xds/" + UUID.randomUUID();
    Registry registry = opened(new Registry(connect(uri)));
    List<Registration> all = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      all.add(registry.register(ServiceInstance.http("service-" + i, "a", "127.0.0.1", 80 + i)));
    }
    XdsDoor door = door(connect(uri), 2);
    ManagedChannel channel = plain(door.port());
    Raw raw = new Raw(channel);
    raw.requests.onNext(raw.endpoints(1_000).build());
    int before = 1;
    DiscoveryResponse whole = raw.answer(0);
    // Those that the feed does not know yet come with a later answer.
    while (whole.getResourcesCount() < 1_000) {
      raw.requests.onNext(
          raw.endpoints(1_000)
              .setVersionInfo(whole.getVersionInfo())
              .setResponseNonce(whole.getNonce())
              .build());
      whole = raw.answer(before++);
    }
    assertThat(whole.getSerializedSize()).isLessThan(512 * 1024);
    DiscoveryRequest.Builder taken =
        raw.endpoints(1_000)
            .setVersionInfo(whole.getVersionInfo())
            .setResponseNonce(whole.getNonce());
    raw.requests.onNext(taken.build());
    await().atMost(PATIENCE).until(() -> door.waiting() == 1_000);

    // One change, one answer; refused, it is not sent again until there is another one.
    all.get(7).update(instance -> instance.withWeight(50)).get(30, TimeUnit.SECONDS);
    DiscoveryResponse next = raw.answer(before);
    raw.requests.onNext(
        taken
            .setResponseNonce(next.getNonce())
            .setErrorDetail(com.google.rpc.Status.newBuilder().setMessage("no"))
            .build());
    await().atMost(PATIENCE).until(() -> door.waiting() == 1_000);
    assertThat(raw.answers).hasSize(before + 1);
    all.get(8).update(instance -> instance.withWeight(50)).get(30, TimeUnit.SECONDS);
    raw.answer(before + 1);

    // Too many names end the stream; too many streams are refused.
    Raw second = new Raw(channel);
    second.requests.onNext(second.endpoints(2_001).build());
    assertThat(second.ended.get(30, TimeUnit.SECONDS).getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    await().atMost(PATIENCE).until(() -> door.streams() == 1);
    Raw third = new Raw(channel);
    third.requests.onNext(third.endpoints(1).build());
    third.answer(0);
    Raw fourth = new Raw(channel);
    fourth.requests.onNext(fourth.endpoints(1).build());
    assertThat(fourth.ended.get(30, TimeUnit.SECONDS).getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    third.requests.onCompleted();
    raw.requests.onCompleted();
    await().atMost(PATIENCE).until(() -> door.streams() == 0 && door.waiting() == 0);
  }
}
