package io.holdfast.registry.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.registry.MalformedInstanceException;
import io.holdfast.registry.Registry;
import io.holdfast.registry.RegistryFormat;
import io.holdfast.registry.RegistryOptions;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.format.Extras.Readers;
import io.holdfast.spi.Durations;
import io.holdfast.spi.ReadAccess;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * The records of SkyDNS, which the {@code etcd} plugin of CoreDNS serves: the instance {@code a} of
 * the service {@code payment} in the domain {@code skydns.local} is the name {@code
 * a.payment.skydns.local}, and one of the addresses and SRV records of {@code
 * payment.skydns.local}. Its key, {@code /skydns/local/skydns/payment/a}, goes with the lease of
 * its process's session.
 *
 * <p>The port is ours of the name given, or none if there is no such. All that DNS has no field for
 * goes into a field {@code metadata}, which CoreDNS passes over. Services and ids must be DNS
 * labels: 1 to 63 of {@code a-z}, digits and {@code -}, neither first nor last a {@code -}.
 *
 * <p><b>Drain:</b> DNS knows no status, and its clients go on choosing what is there until it is
 * withdrawn and their caches have forgotten it.
 */
public final class SkyDnsFormat implements RegistryFormat {

  /** How long resolvers may keep a record. */
  private static final int TTL_SECONDS = 5;

  private static final String ROOT = "/skydns";
  private static final String METADATA = "metadata";
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  private final Key directory;
  private final String port;

  private SkyDnsFormat(Key directory, String port) {
    this.directory = directory;
    this.port = port;
  }

  /**
   * A registry of what CoreDNS serves. Waits for the cluster, no longer than the connect time-out.
   *
   * @param domain the zone that CoreDNS serves from etcd, such as {@code skydns.local}
   * @param port the name of the port in SRV records
   * @throws IllegalArgumentException if the cluster is not etcd, or the domain is no name
   * @throws UnavailableException if the cluster does not answer
   */
  public static Registry registry(
      Coordinator coordinator, RegistryOptions options, String domain, String port) {
    SkyDnsFormat format = of(domain, port);
    // Only in etcd do keys with and without a slash before them differ.
    if (reading(coordinator).nativePath(Key.absolute("skydns")).startsWith("/")) {
      throw new IllegalArgumentException(
          "CoreDNS reads from etcd only, and " + coordinator + " is not etcd");
    }
    return new Registry(coordinator, options, format);
  }

  private static ReadAccess reading(Coordinator coordinator) {
    try {
      return coordinator
          .reading()
          .get(Durations.nanos(coordinator.options().connectTimeout()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new UnavailableException("no session with " + coordinator + " in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted while waiting for " + coordinator, e);
    }
  }

  static SkyDnsFormat of(String domain, String port) {
    List<String> labels = Arrays.asList(domain.split("\\.", -1));
    labels.forEach(label -> checked("domain", label));
    Collections.reverse(labels);
    return new SkyDnsFormat(Key.absolute(ROOT + "/" + String.join("/", labels)), port);
  }

  private static String checked(String what, String label) {
    if (!LABEL.matcher(label).matches()) {
      throw new IllegalArgumentException(
          "the %s '%s' is no DNS label: 1 to 63 of a-z, 0-9 and -"
              .formatted(what, label.replaceAll("[^ -~]", "?")));
    }
    return label;
  }

  @Override
  public Key services() {
    return directory;
  }

  /**
   * As CoreDNS reads it.
   *
   * @throws IllegalArgumentException if the service or the id is no DNS label
   */
  @Override
  public Payload encode(ServiceInstance instance) {
    checked("service", instance.service());
    checked("id", instance.id());
    ObjectNode tree = JsonText.newObject();
    tree.put("host", instance.host());
    instance.port(port).ifPresent(number -> tree.put("port", number));
    tree.put("priority", 10);
    tree.put("weight", instance.weight());
    tree.put("ttl", TTL_SECONDS);
    Extras.write(instance, tree.putObject(METADATA), Readers.OTHERS);
    return JsonText.write(tree);
  }

  @Override
  public ServiceInstance decode(String service, String id, Payload payload)
      throws MalformedInstanceException {
    JsonNode tree = JsonText.read(payload);
    try {
      ServiceInstance instance = ServiceInstance.of(service, id, JsonText.text(tree, "host"));
      int number = tree.path("port").asInt(0);
      if (number > 0) {
        instance = instance.withPort(port, number);
      }
      return Extras.read(instance, tree.path(METADATA), Readers.OTHERS);
    } catch (IllegalArgumentException e) {
      throw new MalformedInstanceException(String.valueOf(e.getMessage()));
    }
  }
}
