package io.holdfast.registry.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.registry.MalformedInstanceException;
import io.holdfast.registry.RegistryFormat;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.format.Extras.Readers;

/**
 * The endpoints of etcd's Go client ({@code client/v3/naming/endpoints}), which its gRPC resolver
 * watches: {@code <target>/<id>} with {@code {"Op":0,"Addr":"host:port","Metadata":...}}. Our
 * service {@code s} is the target {@code <prefix>/s}.
 *
 * <p>{@code Addr} holds one port: ours of the name given, or the first by name if there is no such.
 * All else goes into {@code Metadata}, an object of texts. Of a foreign one, simple fields become
 * metadata, and a simple value is there as {@code metadata}.
 *
 * <p><b>Drain:</b> Go clients know no status and go on choosing what is there; they leave an
 * instance alone only when it is withdrawn. An id may be an address, {@code 10.0.0.1:8080}; one
 * that is no name or address otherwise is passed over.
 */
public final class EtcdEndpointsFormat implements RegistryFormat {

  private static final String GRPC = "grpc";
  private static final String METADATA = "Metadata";

  private final Key prefix;
  private final String port;

  private EtcdEndpointsFormat(Key prefix, String port) {
    this.prefix = prefix;
    this.port = port;
  }

  /**
   * Targets {@code <prefix>/<service>}, whose address is our port {@code grpc}.
   *
   * @param prefix as in etcd: {@code services} and {@code /services} are different keys
   */
  public static EtcdEndpointsFormat under(String prefix) {
    return new EtcdEndpointsFormat(Key.absolute(prefix), GRPC);
  }

  /** With another port for the address. */
  public EtcdEndpointsFormat withPort(String name) {
    return new EtcdEndpointsFormat(prefix, name);
  }

  @Override
  public Key services() {
    return prefix;
  }

  @Override
  public Payload encode(ServiceInstance instance) {
    ObjectNode tree = JsonText.newObject();
    tree.put("Op", 0);
    String name =
        instance.port(port).isPresent()
            ? port
            : instance.ports().keySet().stream().findFirst().orElse("");
    tree.put("Addr", instance.address(name).orElse(instance.host()));
    Extras.write(instance, tree.putObject(METADATA), Readers.OTHERS);
    return JsonText.write(tree);
  }

  @Override
  public ServiceInstance decode(String service, String id, Payload payload)
      throws MalformedInstanceException {
    JsonNode tree = JsonText.read(payload);
    if (tree.path("Op").asInt(0) != 0) {
      throw new MalformedInstanceException("it is a deletion");
    }
    try {
      ServiceInstance instance = located(service, id, JsonText.text(tree, "Addr"));
      JsonNode metadata = tree.path(METADATA);
      if (metadata.isValueNode() && !metadata.isNull()) {
        return Extras.read(
            instance, JsonText.newObject().set("metadata", metadata), Readers.OTHERS);
      }
      return Extras.read(instance, metadata, Readers.OTHERS);
    } catch (IllegalArgumentException e) {
      throw new MalformedInstanceException(String.valueOf(e.getMessage()));
    }
  }

  /** {@code host}, {@code host:port}, {@code [v6]:port}. */
  private ServiceInstance located(String service, String id, String address) {
    int colon = address.lastIndexOf(':');
    boolean hasPort = colon > 0 && (address.indexOf(':') == colon || address.startsWith("["));
    String host = hasPort ? address.substring(0, colon) : address;
    String bare =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    ServiceInstance instance = ServiceInstance.of(service, id, bare);
    return hasPort
        ? instance.withPort(port, Integer.parseInt(address.substring(colon + 1)))
        : instance;
  }
}
