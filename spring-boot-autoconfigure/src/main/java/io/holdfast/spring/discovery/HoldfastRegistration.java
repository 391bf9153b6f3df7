package io.holdfast.spring.discovery;

import io.holdfast.registry.ServiceInstance;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.cloud.client.serviceregistry.Registration;

/** An instance that this process registers, or will register. */
public final class HoldfastRegistration implements Registration {

  private final String service;
  private final Supplier<Optional<ServiceInstance>> instance;

  /** Of an instance that is known already. */
  public HoldfastRegistration(ServiceInstance instance) {
    this(instance.service(), () -> Optional.of(instance));
  }

  /** Of an instance whose port is not known before the web server listens. */
  HoldfastRegistration(String service, Supplier<Optional<ServiceInstance>> instance) {
    this.service = service;
    this.instance = instance;
  }

  /** The instance; empty before the web server listens. */
  public Optional<ServiceInstance> instance() {
    return instance.get();
  }

  private Optional<HoldfastServiceInstance> known() {
    return instance().map(HoldfastServiceInstance::new);
  }

  @Override
  public String getInstanceId() {
    return instance().map(ServiceInstance::id).orElse("");
  }

  @Override
  public String getServiceId() {
    return service;
  }

  @Override
  public String getHost() {
    return known().map(HoldfastServiceInstance::getHost).orElse("");
  }

  @Override
  public int getPort() {
    return known().map(HoldfastServiceInstance::getPort).orElse(0);
  }

  @Override
  public boolean isSecure() {
    return known().map(HoldfastServiceInstance::isSecure).orElse(false);
  }

  @Override
  public URI getUri() {
    return org.springframework.cloud.client.ServiceInstance.createUri(this);
  }

  @Override
  public Map<String, String> getMetadata() {
    return known().map(HoldfastServiceInstance::getMetadata).orElseGet(Map::of);
  }
}
