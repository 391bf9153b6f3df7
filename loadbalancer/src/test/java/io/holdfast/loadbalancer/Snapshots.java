package io.holdfast.loadbalancer;

import io.holdfast.coordination.Revision;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** A view that a test writes by hand. */
public final class Snapshots implements Supplier<ServiceSnapshot> {

  private static final long EPOCH = 1;

  private long revision;
  private volatile ServiceSnapshot latest = ServiceSnapshot.unknown("s");

  /** A view of instances that were all created at one revision. */
  public static Snapshots of(ServiceInstance... instances) {
    Snapshots snapshots = new Snapshots();
    snapshots.show(instances);
    return snapshots;
  }

  /** {@code count} ordinary instances, {@code i00} and so on. */
  public static ServiceInstance[] instances(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> instance("i%02d".formatted(i)))
        .toArray(ServiceInstance[]::new);
  }

  public static ServiceInstance instance(String id) {
    return ServiceInstance.http("s", id, "h", 80);
  }

  public void show(ServiceInstance... instances) {
    show(
        Arrays.stream(instances).map(i -> new RegisteredInstance(i, new Revision(EPOCH))).toList());
  }

  public void show(List<RegisteredInstance> registered) {
    latest = new ServiceSnapshot("s", new Revision(++revision), Freshness.LIVE, registered);
  }

  /** As a cache shows it before the cluster is heard. */
  void showFromDisk(long atRevision, ServiceInstance... instances) {
    latest =
        new ServiceSnapshot(
            "s",
            new Revision(atRevision),
            Freshness.DISK,
            Arrays.stream(instances)
                .map(i -> new RegisteredInstance(i, new Revision(EPOCH)))
                .toList());
  }

  @Override
  public ServiceSnapshot get() {
    return latest;
  }
}
