package io.holdfast.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.registry.DrainResult;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceView;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a resolver is done with a change; the channel and its executor are the test. */
@Timeout(120)
final class HandOverTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration BRIEF = Duration.ofSeconds(1);

  private final Coordinator coordinator =
      Coordinator.connect("memory://" + UUID.randomUUID() + "/grpc", CoordinatorOptions.defaults());
  private final Registry registry = new Registry(coordinator);
  private final BlockingQueue<Runnable> lookUps = new LinkedBlockingQueue<>();
  private final BlockingQueue<List<EquivalentAddressGroup>> results = new LinkedBlockingQueue<>();
  private final SynchronizationContext channel =
      new SynchronizationContext(
          (thread, failure) -> {
            throw new AssertionError(failure);
          });
  private final NameResolver resolver =
      new RegistryNameResolver(
          registry,
          new Target("payment", "grpc"),
          NameResolver.Args.newBuilder()
              .setDefaultPort(1)
              .setProxyDetector(address -> null)
              .setSynchronizationContext(channel)
              .setServiceConfigParser(new NoServiceConfig())
              .setOffloadExecutor(lookUps::add)
              .build());
  private Registration instance;
  private volatile Status verdict = Status.OK;

  /** There is none to parse. */
  private static final class NoServiceConfig extends NameResolver.ServiceConfigParser {
    @Override
    public NameResolver.ConfigOrError parseServiceConfig(Map<String, ?> raw) {
      return NameResolver.ConfigOrError.fromConfig(raw);
    }
  }

  private final class Listener extends NameResolver.Listener2 {
    @Override
    public Status onResult2(NameResolver.ResolutionResult result) {
      results.add(result.getAddressesOrError().getValue());
      return verdict;
    }

    @Override
    public void onResult(NameResolver.ResolutionResult result) {
      throw new AssertionError("the later form is asked for");
    }

    @Override
    public void onError(Status error) {
      throw new AssertionError(error);
    }
  }

  @BeforeEach
  void showOneInstance() throws InterruptedException {
    instance =
        registry.register(ServiceInstance.of("payment", "p-1", "127.0.0.1").withPort("grpc", 1));
    channel.execute(() -> resolver.start(new Listener()));
  }

  @AfterEach
  void close() {
    channel.execute(resolver::shutdown);
    registry.close();
    coordinator.close();
  }

  private static <T> T take(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next;
  }

  /** Looks up until there is a result. */
  private List<EquivalentAddressGroup> lookUp() throws InterruptedException {
    while (results.isEmpty()) {
      take(lookUps).run();
    }
    return take(results);
  }

  /**
   * Looks up as often as it is asked, which may be before the drain is seen and once more after.
   */
  private DrainResult lookUpUntil(CompletableFuture<DrainResult> drained)
      throws InterruptedException {
    while (!drained.isDone()) {
      Runnable lookUp = lookUps.poll(10, TimeUnit.MILLISECONDS);
      if (lookUp != null) {
        lookUp.run();
      }
    }
    return drained.join();
  }

  @Test
  void drain_namesNotLookedUpYet_isBehind() throws Exception {
    lookUp();

    assertThat(instance.drain(BRIEF).join().behind()).hasSize(1);

    assertThat(lookUpUntil(instance.drain(PATIENCE)).isComplete()).isTrue();
  }

  @Test
  void drain_channelRefusesTheAddresses_isBehindUntilItTakesThem() throws Exception {
    lookUp();
    verdict = Status.UNAVAILABLE;
    assertThat(lookUpUntil(instance.drain(BRIEF)).behind()).hasSize(1);

    verdict = Status.OK;
    channel.execute(resolver::refresh);
    instance.update(before -> before.withVersion("2")).join();

    assertThat(lookUpUntil(instance.drain(PATIENCE)).isComplete()).isTrue();
  }

  @Test
  void change_duringALookUp_isLookedUpAfterIt() throws Exception {
    Runnable first = take(lookUps);
    AtomicBoolean second = new AtomicBoolean();
    try (ServiceView view = registry.view("payment")) {
      channel.execute(
          () -> {
            first.run(); // What it has found waits for the channel, which is busy here.
            instance.updateStatus(InstanceStatus.DRAINING).join();
            await().atMost(PATIENCE).until(() -> view.snapshot().up().isEmpty());
            second.set(!lookUps.isEmpty());
          });
    }

    assertThat(second).isFalse();
    assertThat(take(results).get(0).getAttributes().get(InstanceAttributes.ID)).isEqualTo("p-1");
    assertThat(lookUp().toString()).contains("no-instance-is-up");
  }

  @Test
  void hosts_nameServiceAway_keepWhatTheyHad() throws Exception {
    AtomicBoolean away = new AtomicBoolean();
    InetAddress address = InetAddress.getByName("127.0.0.9");
    Hosts hosts =
        new Hosts(
            host -> {
              if (away.get()) {
                throw new UnknownHostException(host);
              }
              return address;
            });
    assertThat(hosts.address("a")).contains(address);

    away.set(true);

    assertThat(hosts.address("a")).contains(address);
    assertThat(hosts.address("b")).isEmpty();
    hosts.keepOnly(List.of());
    assertThat(hosts.address("a")).isEmpty();
  }
}
