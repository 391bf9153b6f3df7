package io.holdfast.grpc;

import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.holdfast.registry.Registry;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the targets {@code holdfast:///service} of gRPC channels: the instances of a service
 * that are UP, kept up to date. The port is the one called {@code grpc}, or as in {@code
 * holdfast:///service?port=name}.
 *
 * <pre>
 *   NameResolverRegistry.getDefaultRegistry().register(new RegistryNameResolverProvider(registry));
 *   ManagedChannel channel =
 *       Grpc.newChannelBuilder("holdfast:///payment", credentials)
 *           .defaultLoadBalancingPolicy("round_robin")
 *           .build();
 * </pre>
 *
 * <p>gRPC's default policy uses one address only, so name another. Each address carries {@link
 * InstanceAttributes}. An outage of the registry takes no address away, nor does one of the name
 * service. The registry has to outlive the channels.
 *
 * <p>A drain of an instance is acknowledged once the channel goes by addresses without it; calls
 * that it has begun go on. When nobody is left, the channel has one address that leads nowhere and
 * carries no attributes: calls fail as UNAVAILABLE, or wait if they wait for readiness.
 */
public final class RegistryNameResolverProvider extends NameResolverProvider {

  private static final String SCHEME = "holdfast";

  /** gRPC's own resolvers have 5. */
  private static final int ORDINARY = 5;

  private final Registry registry;

  /** Finds services in {@code registry}. */
  public RegistryNameResolverProvider(Registry registry) {
    this.registry = registry;
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return ORDINARY;
  }

  @Override
  public String getDefaultScheme() {
    return SCHEME;
  }

  @Override
  public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
    return Set.of(InetSocketAddress.class);
  }

  /**
   * A resolver for one channel.
   *
   * @return null if the scheme is another
   * @throws IllegalArgumentException if the target names no service
   */
  @Override
  public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
    return SCHEME.equals(target.getScheme())
        ? new RegistryNameResolver(registry, Target.of(target), args)
        : null;
  }
}
