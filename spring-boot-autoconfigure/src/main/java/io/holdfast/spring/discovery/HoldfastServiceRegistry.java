package io.holdfast.spring.discovery;

import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.Registration;
import io.holdfast.registry.Registry;
import io.holdfast.registry.ServiceInstance;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.serviceregistry.ServiceRegistry;

/**
 * Spring Cloud's view of what this process has registered, for its actuator endpoint {@code
 * serviceregistry} and for programs that register instances by themselves. The application itself
 * is registered by {@link io.holdfast.spring.registration.InstanceLifecycle}.
 */
public final class HoldfastServiceRegistry implements ServiceRegistry<HoldfastRegistration> {

  private final Registry registry;

  /** Over {@code registry}. */
  public HoldfastServiceRegistry(Registry registry) {
    this.registry = registry;
  }

  /** Registers without waiting for the cluster; does nothing if it is registered already. */
  @Override
  public void register(@Nullable HoldfastRegistration registration) {
    if (registration != null && find(registration).isEmpty()) {
      registry.registerAsync(instance(registration));
    }
  }

  /** Withdraws it, and waits for that as {@link Registration#close} does. */
  @Override
  public void deregister(@Nullable HoldfastRegistration registration) {
    if (registration != null) {
      find(registration).ifPresent(Registration::close);
    }
  }

  /** Does nothing: the registry withdraws all when it closes. */
  @Override
  public void close() {}

  /**
   * Sets the status.
   *
   * @param status a name of {@link InstanceStatus}, in any case
   * @throws IllegalArgumentException if there is none of this name
   * @throws IllegalStateException if the instance is not registered
   */
  @Override
  public void setStatus(HoldfastRegistration registration, String status) {
    InstanceStatus next = InstanceStatus.valueOf(status.toUpperCase(Locale.ROOT));
    find(registration)
        .orElseThrow(
            () -> new IllegalStateException(registration.getServiceId() + " is not registered"))
        .updateStatus(next);
  }

  /** The status; {@code DOWN} if it is not registered. */
  @Override
  @SuppressWarnings({
    "unchecked",
    "TypeParameterUnusedInFormals"
  }) // the interface leaves the type to the implementation
  public <T> T getStatus(HoldfastRegistration registration) {
    return (T)
        find(registration)
            .map(there -> there.instance().status())
            .orElse(InstanceStatus.DOWN)
            .name();
  }

  private Optional<Registration> find(HoldfastRegistration registration) {
    return registration
        .instance()
        .flatMap(
            instance ->
                registry.registrations().stream()
                    .filter(there -> isSame(there.instance(), instance))
                    .findFirst());
  }

  private static boolean isSame(ServiceInstance one, ServiceInstance other) {
    return one.service().equals(other.service()) && one.id().equals(other.id());
  }

  private static ServiceInstance instance(HoldfastRegistration registration) {
    return registration
        .instance()
        .orElseThrow(() -> new IllegalStateException("the web server does not listen yet"));
  }
}
