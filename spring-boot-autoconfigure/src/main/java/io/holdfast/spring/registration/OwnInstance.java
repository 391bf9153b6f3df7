package io.holdfast.spring.registration;

import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.ServiceInstance;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import org.springframework.core.env.Environment;

/** Describes the application as an instance, from its properties and the port it listens on. */
final class OwnInstance {

  private static final String MANAGEMENT = "management";

  private final ServiceProperties properties;
  private final Environment environment;

  OwnInstance(ServiceProperties properties, Environment environment) {
    this.properties = properties;
    this.environment = environment;
  }

  /** The service's name, {@code application} if nothing names it. */
  String service() {
    if (properties.name() != null) {
      return properties.name();
    }
    String name = environment.getProperty("spring.application.name", "");
    return name.isBlank() ? "application" : name;
  }

  /**
   * The instance while it listens.
   *
   * @param managementPort of the actuator, if it has one of its own; otherwise 0
   * @throws IllegalArgumentException if a name in it is not allowed, saying which
   */
  ServiceInstance at(int listening, int managementPort, InstanceStatus status) {
    int port = properties.port() == null ? listening : properties.port();
    String host = host();
    String id = properties.id() == null ? host + ":" + port : properties.id();
    ServiceInstance instance =
        new ServiceInstance(
            service(),
            id,
            host,
            Map.of(portName(), port),
            status,
            properties.weight(),
            properties.region(),
            properties.zone(),
            properties.version(),
            properties.tags(),
            properties.metadata());
    return managementPort == 0 ? instance : instance.withPort(MANAGEMENT, managementPort);
  }

  private String portName() {
    if (properties.portName() != null) {
      return properties.portName();
    }
    boolean tls =
        environment.containsProperty("server.ssl.bundle")
            || environment.containsProperty("server.ssl.key-store")
            || environment.containsProperty("server.ssl.certificate");
    return tls && environment.getProperty("server.ssl.enabled", Boolean.class, true)
        ? "https"
        : ServiceInstance.HTTP;
  }

  private String host() {
    if (properties.host() != null) {
      return properties.host();
    }
    String bound = environment.getProperty("server.address", "");
    if (!bound.isBlank()) {
      try {
        InetAddress address = InetAddress.getByName(bound);
        if (!address.isAnyLocalAddress()) {
          return HostAddress.text(address);
        }
      } catch (UnknownHostException e) {
        return bound;
      }
    }
    return HostAddress.find();
  }
}
