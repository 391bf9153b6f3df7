package io.holdfast.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.EquivalentAddressGroup;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.NameResolver;
import io.grpc.NameResolverRegistry;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.SynchronizationContext;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceView;
import io.holdfast.testkit.memory.Faults;
import io.holdfast.testkit.memory.MemoryCluster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
final class RegistryNameResolverTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int ROUND = 12;

  private static final MethodDescriptor<String, String> WHO =
      MethodDescriptor.newBuilder(new Text(), new Text())
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("test.Payment/Who")
          .build();

  private final List<AutoCloseable> open = new ArrayList<>();
  private final String cluster = UUID.randomUUID().toString();
  private Registry registry = newRegistry();
  private @Nullable ManagedChannel channel;

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

  private Registry newRegistry() {
    return opened(
        new Registry(
            opened(
                Coordinator.connect(
                    "memory://" + cluster + "/grpc",
                    CoordinatorOptions.defaults()
                        .withSessionTimeout(Duration.ofSeconds(3))
                        .withRequestTimeout(Duration.ofSeconds(1))))));
  }

  private <T extends AutoCloseable> T opened(T thing) {
    open.add(thing);
    return thing;
  }

  @BeforeEach
  void connect() {
    NameResolverRegistry.getDefaultRegistry().register(new RegistryNameResolverProvider(registry));
  }

  @AfterEach
  void close() throws Exception {
    NameResolverRegistry.getDefaultRegistry()
        .deregister(NameResolverRegistry.getDefaultRegistry().getProviderForScheme("holdfast"));
    if (channel != null) {
      channel.shutdownNow().awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
    for (int last = open.size() - 1; last >= 0; last--) {
      open.get(last).close();
    }
  }

  private Server serve(String id) throws IOException {
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
    return server;
  }

  private Registration register(String id) throws Exception {
    return newRegistry()
        .register(
            ServiceInstance.of("payment", id, "127.0.0.1")
                .withPort("grpc", serve(id).getPort())
                .withZone("eu-1")
                .withWeight(70));
  }

  private ManagedChannel channel() {
    return channel("round_robin");
  }

  private ManagedChannel channel(String policy) {
    ManagedChannel made =
        Grpc.newChannelBuilder("holdfast:///payment", InsecureChannelCredentials.create())
            .defaultLoadBalancingPolicy(policy)
            .build();
    channel = made;
    return made;
  }

  private static String ask(ManagedChannel channel) {
    return ask(channel, CallOptions.DEFAULT);
  }

  private static String ask(ManagedChannel channel, CallOptions options) {
    return ClientCalls.blockingUnaryCall(
        channel, WHO, options.withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS), "");
  }

  private static Set<String> round(ManagedChannel channel) {
    Set<String> answers = new TreeSet<>();
    for (int i = 0; i < ROUND; i++) {
      answers.add(ask(channel));
    }
    return answers;
  }

  @Test
  void channel_realServers_usesThoseThatAreUp() throws Exception {
    Registration first = register("p-1");
    register("p-2");
    ManagedChannel calls = channel();
    await().atMost(PATIENCE).until(() -> round(calls).equals(Set.of("p-1", "p-2")));

    first.updateStatus(InstanceStatus.DRAINING).join();
    await().atMost(PATIENCE).until(() -> round(calls).equals(Set.of("p-2")));
    assertThat(round(calls)).containsExactly("p-2");

    register("p-3");
    await().atMost(PATIENCE).until(() -> round(calls).equals(Set.of("p-2", "p-3")));
  }

  @Test
  void channel_registryAway_keepsItsAddresses() throws Exception {
    register("p-1");
    ManagedChannel calls = channel();
    assertThat(ask(calls)).isEqualTo("p-1");

    MemoryCluster.named(cluster).faults((client, message) -> Faults.Fate.LOST);

    try (ServiceView view = registry.view("payment")) {
      assertThat(view.await(now -> now.freshness() == Freshness.STALE, PATIENCE)).isPresent();
    }
    assertThat(round(calls)).containsExactly("p-1");
  }

  @Test
  void channel_nobodyUp_failsWithTheReason() {
    ManagedChannel calls = channel();

    assertThatThrownBy(() -> ask(calls))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("no instance of payment is up with a port 'grpc'")
        .extracting(failure -> Status.fromThrowable((Throwable) failure).getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"round_robin", "pick_first"})
  void channel_lastInstanceDrained_isNotUsedAnyMore(String policy) throws Exception {
    Registration last = register("p-1");
    ManagedChannel calls = channel(policy);
    assertThat(ask(calls)).isEqualTo("p-1");

    assertThat(last.drain(PATIENCE).join().isComplete()).isTrue();

    for (int i = 0; i < ROUND; i++) {
      assertThatThrownBy(() -> ask(calls))
          .isInstanceOf(StatusRuntimeException.class)
          .extracting(failure -> Status.fromThrowable((Throwable) failure).getCode())
          .isEqualTo(Status.Code.UNAVAILABLE);
    }
    register("p-2");
    assertThat(ask(calls, CallOptions.DEFAULT.withWaitForReady())).isEqualTo("p-2");
  }

  @Test
  void channel_oneOfTwoDrained_isNotUsedOnceThatIsComplete() throws Exception {
    Registration first = register("p-1");
    register("p-2");
    ManagedChannel calls = channel();
    await().atMost(PATIENCE).until(() -> round(calls).equals(Set.of("p-1", "p-2")));

    assertThat(first.drain(PATIENCE).join().isComplete()).isTrue();

    assertThat(round(calls)).containsExactly("p-2");
  }

  @Test
  void resolver_instance_carriesItsAttributes() throws Exception {
    Registration registration = register("p-1");
    BlockingQueue<EquivalentAddressGroup> seen = new LinkedBlockingQueue<>();
    SynchronizationContext context =
        new SynchronizationContext((thread, failure) -> failure.printStackTrace());
    NameResolver resolver =
        new RegistryNameResolver(
            registry,
            new Target("payment", "grpc"),
            NameResolver.Args.newBuilder()
                .setDefaultPort(1)
                .setProxyDetector(address -> null)
                .setSynchronizationContext(context)
                .setServiceConfigParser(new NoServiceConfig())
                .build());
    context.execute(
        () ->
            resolver.start(
                new NameResolver.Listener2() {
                  @Override
                  public void onResult(NameResolver.ResolutionResult result) {
                    if (result.getAddressesOrError().hasValue()) {
                      seen.addAll(result.getAddressesOrError().getValue());
                    }
                  }

                  @Override
                  public void onError(Status error) {
                    throw new AssertionError(error);
                  }
                }));

    EquivalentAddressGroup group = seen.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);

    assertThat(group).isNotNull();
    assertThat(group.getAttributes().get(InstanceAttributes.ID)).isEqualTo("p-1");
    assertThat(group.getAttributes().get(InstanceAttributes.WEIGHT)).isEqualTo(70);
    assertThat(group.getAttributes().get(InstanceAttributes.ZONE)).isEqualTo("eu-1");
    assertThat(group.getAttributes().get(InstanceAttributes.VERSION)).isNull();
    assertThat(group.getAttributes().get(InstanceAttributes.EPOCH))
        .isEqualTo(registration.epoch().orElseThrow().value());
    context.execute(resolver::shutdown);
  }

  /** There is none to parse. */
  private static final class NoServiceConfig extends NameResolver.ServiceConfigParser {
    @Override
    public NameResolver.ConfigOrError parseServiceConfig(java.util.Map<String, ?> raw) {
      return NameResolver.ConfigOrError.fromConfig(raw);
    }
  }

  @Test
  void target_namesServiceAndPort() {
    assertThat(Target.of(URI.create("holdfast:///payment")))
        .isEqualTo(new Target("payment", "grpc"));
    assertThat(Target.of(URI.create("holdfast:///a.b?port=rpc")))
        .isEqualTo(new Target("a.b", "rpc"));
    for (String wrong :
        List.of(
            "holdfast:payment",
            "holdfast:///",
            "holdfast:///a/b",
            "holdfast://a/b",
            "holdfast:///..",
            "holdfast:///a?x=1")) {
      assertThatThrownBy(() -> Target.of(URI.create(wrong)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("holdfast:///payment");
    }
  }
}
