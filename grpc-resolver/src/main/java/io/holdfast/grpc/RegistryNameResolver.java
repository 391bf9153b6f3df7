package io.holdfast.grpc;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import io.holdfast.registry.Freshness;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.ServiceView;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instances of one service, for one channel.
 *
 * <p>Host names are looked up on gRPC's executor for what blocks, one look-up at a time and the
 * latest snapshot only; results are handed over in the channel's synchronization context.
 *
 * <p>A change is done with once the channel has taken over a result that is as new, and the picker
 * that its policy made of it: policies make it before they return, and what they leave to the
 * synchronization context comes before what is left to it afterwards. A channel that refuses a
 * result is not done, and asks for another by {@link #refresh}.
 *
 * <p>gRPC's policies go on with the addresses they have when they are told of an error or given no
 * address, as long as one is connected. So a channel that has had addresses is given one that leads
 * nowhere when nobody is left: calls fail as UNAVAILABLE, and those that wait for readiness wait.
 */
final class RegistryNameResolver extends NameResolver {

  private static final Logger LOG = LoggerFactory.getLogger(RegistryNameResolver.class);

  /** No name ends so (RFC 2606), and this one is not even looked up. */
  private static final List<EquivalentAddressGroup> NOWHERE =
      List.of(
          new EquivalentAddressGroup(
              InetSocketAddress.createUnresolved("no-instance-is-up.invalid", 1)));

  private final Registry registry;
  private final Target target;
  private final SynchronizationContext channel;
  private final Executor blocking;
  private final Hosts hosts = new Hosts();

  /** From {@link #start} until {@link #shutdown}; both are called in the channel's context. */
  private volatile @Nullable ServiceView view;

  /** Used in the channel's context only. */
  private @Nullable Listener2 listener;

  /** True once the channel has had an address. Used in the channel's context only. */
  private boolean hadAddresses;

  /** What the next look-up will end; null if none is wanted. Guarded by this. */
  private @Nullable CompletableFuture<Void> due;

  /** True while a look-up is on its way. Guarded by this. */
  private boolean looking;

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
  public void start(Listener2 other) {
    ServiceView opened = registry.view(target.service());
    view = opened;
    listener = other;
    opened.onChangeAsync(change -> lookUp());
    refresh();
  }

  @Override
  public void refresh() {
    ServiceView opened = view;
    if (opened != null && !opened.snapshot().equals(ServiceSnapshot.unknown(target.service()))) {
      lookUp();
    }
  }

  /** Completes when the channel goes by what is known now. */
  private CompletableFuture<Void> lookUp() {
    CompletableFuture<Void> mine;
    boolean begins;
    synchronized (this) {
      mine = due == null ? new CompletableFuture<>() : due;
      due = mine;
      begins = !looking;
      looking = true;
    }
    if (begins) {
      blocking.execute(this::look);
    }
    return mine;
  }

  private void look() {
    ServiceView opened = view;
    CompletableFuture<Void> mine;
    synchronized (this) {
      mine = due;
      due = null;
      looking = mine != null && opened != null;
    }
    if (mine == null || opened == null) {
      return;
    }
    ServiceSnapshot snapshot = opened.snapshot();
    List<EquivalentAddressGroup> found = addresses(snapshot);
    channel.execute(
        () -> {
          handOver(snapshot, found, mine);
          blocking.execute(this::look);
        });
  }

  private void handOver(
      ServiceSnapshot snapshot, List<EquivalentAddressGroup> found, CompletableFuture<Void> mine) {
    Listener2 told = listener;
    if (view == null || told == null) {
      return;
    }
    boolean noneYet = found.isEmpty() && !hadAddresses;
    hadAddresses |= !found.isEmpty();
    StatusOr<List<EquivalentAddressGroup>> result =
        noneYet
            ? StatusOr.fromStatus(Status.UNAVAILABLE.withDescription(nobody(snapshot)))
            : StatusOr.fromValue(found.isEmpty() ? NOWHERE : found);
    Status taken =
        told.onResult2(ResolutionResult.newBuilder().setAddressesOrError(result).build());
    if (taken.isOk() || noneYet) {
      channel.execute(() -> mine.complete(null));
    } else {
      LOG.warn("a channel to {} does not take its new addresses: {}", target.service(), taken);
    }
  }

  private List<EquivalentAddressGroup> addresses(ServiceSnapshot snapshot) {
    List<RegisteredInstance> usable =
        snapshot.up().stream()
            .filter(one -> one.instance().weight() > 0)
            .filter(one -> one.instance().port(target.port()).isPresent())
            .toList();
    hosts.keepOnly(usable);
    return usable.stream().flatMap(one -> group(one).stream()).toList();
  }

  private Optional<EquivalentAddressGroup> group(RegisteredInstance registered) {
    ServiceInstance instance = registered.instance();
    Optional<InetAddress> address = hosts.address(instance.host());
    if (address.isEmpty()) {
      LOG.warn(
          "{} of {} is left out: its host {} has no address",
          registered.id(),
          instance.service(),
          instance.host());
    }
    return address.map(
        there ->
            new EquivalentAddressGroup(
                new InetSocketAddress(there, instance.port(target.port()).orElseThrow()),
                InstanceAttributes.of(registered)));
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
