package io.holdfast.payment.testing;

import io.holdfast.coordination.Revision;
import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.Policy;
import io.holdfast.payment.cluster.PaymentDirectory;
import io.holdfast.payment.http.Owners;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** A view of at most one node, on the loopback, set by hand. */
public final class OneNode implements Supplier<ServiceSnapshot> {

  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile ServiceSnapshot latest = ServiceSnapshot.unknown(PaymentDirectory.SERVICE);

  /** Shows a node on this port from now on. */
  public void show(int port) {
    ServiceInstance node =
        ServiceInstance.http(PaymentDirectory.SERVICE, "node", "127.0.0.1", port);
    Revision revision = new Revision(latest.revision().value() + 1);
    latest =
        new ServiceSnapshot(
            PaymentDirectory.SERVICE,
            revision,
            Freshness.LIVE,
            List.of(new RegisteredInstance(node, revision)));
    listeners.forEach(Runnable::run);
  }

  /** Says that it owns every shard, if it is there. */
  public Owners owners() {
    LoadBalancer balancer = balancer();
    return new Owners() {
      @Override
      public LoadBalancer ofShard(int shard) {
        return balancer;
      }

      @Override
      public void onChange(Runnable listener) {
        listeners.add(listener);
      }
    };
  }

  /** Chooses it, if it is there. */
  public LoadBalancer balancer() {
    return new LoadBalancer(this, Policy.roundRobin());
  }

  @Override
  public ServiceSnapshot get() {
    return latest;
  }
}
