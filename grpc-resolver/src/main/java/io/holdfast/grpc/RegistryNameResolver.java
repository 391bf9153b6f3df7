package io.holdfast.grpc;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.Registered;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.ServiceView;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instances of one service, for one channel.
 *
 * <p>Host names are looked up on gRPC's executor for what blocks, one change at a time and the
 * latest only; results are handed over in the channel's synchronization context.
 */
final class RegistryNameResolver extends NameResolver {

  private static final Logger LOG = LoggerFactory.getLogger(RegistryNameResolver.class);

  private final Registry registry;
  private final Target target;
  private final SynchronizationContext channel;
  private final Executor blocking;

  /** True while a look-up is on its way that has not yet read the snapshot. */
  private final AtomicBoolean due = new AtomicBoolean();

  /** From {@link #start} until {@link #shutdown}; both are called in the channel's context. */
  private volatile @Nullable ServiceView view;

  RegistryNameResolver(Registry registry, Target target, Args args) {
    this.registry = registry;
    this.target = target;
    this.channel = args.getSynchronizationContext();
    Executor offered = args.getOffloadExecutor();
    this.blocking = offered == null ? Runnable::run : offered;
  }

  @Override
  public String getServiceAuthority() {
    return target.service();
  }

  @Override
  public void start(Listener2 listener) {
    ServiceView opened = registry.view(target.service());
    view = opened;
    opened.onChange(change -> lookUp(opened, listener));
    if (!opened.snapshot().equals(ServiceSnapshot.unknown(target.service()))) {
      lookUp(opened, listener);
    }
  }

  private void lookUp(ServiceView opened, Listener2 listener) {
    if (due.compareAndSet(false, true)) {
      blocking.execute(
          () -> {
            due.set(false);
            StatusOr<List<EquivalentAddressGroup>> found = addresses(opened.snapshot());
            channel.execute(() -> handOver(opened, listener, found));
          });
    }
  }

  private void handOver(
      ServiceView opened, Listener2 listener, StatusOr<List<EquivalentAddressGroup>> found) {
    if (view == opened) {
      listener.onResult2(ResolutionResult.newBuilder().setAddressesOrError(found).build());
    }
  }

  private StatusOr<List<EquivalentAddressGroup>> addresses(ServiceSnapshot snapshot) {
    List<EquivalentAddressGroup> groups = new ArrayList<>();
    for (Registered registered : snapshot.up()) {
      registered.instance().port(target.port()).ifPresent(port -> add(groups, registered, port));
    }
    return groups.isEmpty()
        ? StatusOr.fromStatus(Status.UNAVAILABLE.withDescription(nobody(snapshot)))
        : StatusOr.fromValue(groups);
  }

  private static void add(List<EquivalentAddressGroup> groups, Registered registered, int port) {
    if (registered.instance().weight() == 0) {
      return;
    }
    InetSocketAddress address = new InetSocketAddress(registered.instance().host(), port);
    if (address.isUnresolved()) {
      LOG.warn(
          "{} of {} is left out: its host {} has no address",
          registered.id(),
          registered.instance().service(),
          registered.instance().host());
    } else {
      groups.add(new EquivalentAddressGroup(address, InstanceAttributes.of(registered)));
    }
  }

  private String nobody(ServiceSnapshot snapshot) {
    return snapshot.freshness() == Freshness.LIVE
        ? "no instance of " + target.service() + " is up with a port '" + target.port() + "'"
        : "the registry has not said yet who serves " + target.service();
  }

  @Override
  public void shutdown() {
    ServiceView opened = view;
    view = null;
    if (opened != null) {
      opened.close();
    }
  }
}
