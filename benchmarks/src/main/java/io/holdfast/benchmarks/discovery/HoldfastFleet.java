package io.holdfast.benchmarks.discovery;

import io.holdfast.coordination.Coordinator;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.RegistryOptions;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.ServiceView;
import io.holdfast.spi.Session;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Ours: a {@link Registry} on each side. */
final class HoldfastFleet implements Fleet {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Coordinator servingCoordinator;
  private final Coordinator lookingCoordinator;
  private final Registry serving;
  private final Registry looking;
  private final List<Registration> registrations;
  private final ServiceView view;

  HoldfastFleet(String uri) throws InterruptedException {
    servingCoordinator = Coordinator.connect(uri);
    lookingCoordinator = Coordinator.connect(uri);
    serving = registry(servingCoordinator);
    looking = registry(lookingCoordinator);
    registrations =
        serving.registerAll(IntStream.range(0, SIZE).mapToObj(HoldfastFleet::instance).toList());
    view = looking.view("bench");
    if (view.awaitInstances(SIZE, PATIENCE).isEmpty()) {
      throw new IllegalStateException("not all are shown within " + PATIENCE);
    }
  }

  private static Registry registry(Coordinator coordinator) {
    return new Registry(
        coordinator, RegistryOptions.defaults(coordinator.options()).withPatience(PATIENCE));
  }

  private static ServiceInstance instance(int number) {
    return ServiceInstance.http("bench", "i" + number, "10.0.0.1", 8080).withVersion("0");
  }

  @Override
  public void change(int number, String version) {
    registrations.get(number).update(instance -> instance.withVersion(version)).join();
  }

  @Override
  public String shownVersion(int number) {
    return view.snapshot().find("i" + number).map(there -> there.instance().version()).orElse("");
  }

  @Override
  public int shown() {
    return view.snapshot().up().size();
  }

  @Override
  public void loseSession() {
    servingCoordinator.current().ifPresent(Session::close);
  }

  @Override
  public boolean isBack() {
    ServiceSnapshot now = view.snapshot();
    return now.freshness() == Freshness.LIVE
        && registrations.stream()
            .allMatch(
                one ->
                    one.isPublished()
                        && now.find(one.instance().id())
                            .map(RegisteredInstance::epoch)
                            .equals(one.epoch()));
  }

  @Override
  public void close() {
    view.close();
    looking.close();
    lookingCoordinator.close();
    serving.close();
    servingCoordinator.close();
  }
}
