package io.holdfast.registry;

import io.holdfast.registry.internal.format.InstanceLimits;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The description of one running copy of a service. Immutable; the withers return a changed copy.
 *
 * <p><b>Names</b> (service, id, names of ports, tags, keys of the metadata) are a letter or digit,
 * then up to 127 of letters, digits and {@code . _ -}: safe as a segment of a key, in a URL and in
 * a log. An id may hold {@code :} as well, since foreign ones are often addresses. {@code region},
 * {@code zone} and {@code version} may be such a name or empty; a version may hold {@code +} as
 * well.
 *
 * <p><b>Stored form:</b> a JSON object in UTF-8 with the fields {@code service}, {@code id}, {@code
 * host}, {@code ports} (object of numbers), {@code status}, {@code weight}, {@code region}, {@code
 * zone}, {@code version}, {@code tags} (array), {@code metadata} (object of strings). Only {@code
 * service}, {@code id} and {@code host} must be there; a reader ignores fields that it does not
 * know, and takes a status that it does not know for {@link InstanceStatus#OUT_OF_SERVICE}.
 *
 * @param service the service's name
 * @param id this copy, unique within the service at any time; a restarted process may use it again
 * @param host the address: a host name, an IPv4 address, or an IPv6 address without brackets
 * @param ports by name, such as {@code http}; at most 16
 * @param status its own status
 * @param weight its share of the load relative to others, 0 to 10,000; 100 is the ordinary one, so
 *     that there is room for fractions; 0 gets none
 * @param region where it runs, such as a data centre's city, or empty
 * @param zone the failure domain within the region, or empty
 * @param version the software it runs, or empty
 * @param tags at most 64
 * @param metadata whatever else others need to know; no secrets. At most 64 entries of at most
 *     4,096 characters, 32,768 altogether
 */
public record ServiceInstance(
    String service,
    String id,
    String host,
    Map<String, Integer> ports,
    InstanceStatus status,
    int weight,
    String region,
    String zone,
    String version,
    Set<String> tags,
    Map<String, String> metadata) {

  /** The weight of an instance that asks for none in particular. */
  public static final int ORDINARY_WEIGHT = 100;

  /** The greatest weight that there is. */
  public static final int HIGHEST_WEIGHT = 10_000;

  /** The name of the port that {@link #http} sets. */
  public static final String HTTP = "http";

  public ServiceInstance {
    InstanceLimits.name("service", service);
    InstanceLimits.id(id);
    InstanceLimits.host(host);
    InstanceLimits.ports(ports);
    InstanceLimits.weight(weight);
    InstanceLimits.label("region", region);
    InstanceLimits.label("zone", zone);
    InstanceLimits.label("version", version);
    InstanceLimits.tags(tags);
    InstanceLimits.metadata(metadata);
    ports = Collections.unmodifiableMap(new TreeMap<>(ports));
    tags = Collections.unmodifiableSet(new TreeSet<>(tags));
    metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
  }

  /** An instance with no port, UP, of ordinary weight. */
  public static ServiceInstance of(String service, String id, String host) {
    return new ServiceInstance(
        service,
        id,
        host,
        Map.of(),
        InstanceStatus.UP,
        ORDINARY_WEIGHT,
        "",
        "",
        "",
        Set.of(),
        Map.of());
  }

  /** The common case: an instance with one port, {@code http}, UP, of ordinary weight. */
  public static ServiceInstance http(String service, String id, String host, int port) {
    return of(service, id, host).withPort(HTTP, port);
  }

  /** The port of this name. */
  public OptionalInt port(String name) {
    Integer port = ports.get(name);
    return port == null ? OptionalInt.empty() : OptionalInt.of(port);
  }

  /** {@code host:port} for the port of this name; an IPv6 address in brackets. */
  public Optional<String> address(String portName) {
    return Optional.ofNullable(ports.get(portName))
        .map(port -> (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port);
  }

  /** The metadata under {@code key}. */
  public Optional<String> metadata(String key) {
    return Optional.ofNullable(metadata.get(key));
  }

  /** With one port more, or another number for it. */
  public ServiceInstance withPort(String name, int port) {
    TreeMap<String, Integer> more = new TreeMap<>(ports);
    more.put(name, port);
    return new ServiceInstance(
        service, id, host, more, status, weight, region, zone, version, tags, metadata);
  }

  /** With another status. */
  public ServiceInstance withStatus(InstanceStatus other) {
    return new ServiceInstance(
        service, id, host, ports, other, weight, region, zone, version, tags, metadata);
  }

  /** With another weight. */
  public ServiceInstance withWeight(int other) {
    return new ServiceInstance(
        service, id, host, ports, status, other, region, zone, version, tags, metadata);
  }

  /** With another region. */
  public ServiceInstance withRegion(String other) {
    return new ServiceInstance(
        service, id, host, ports, status, weight, other, zone, version, tags, metadata);
  }

  /** With another zone. */
  public ServiceInstance withZone(String other) {
    return new ServiceInstance(
        service, id, host, ports, status, weight, region, other, version, tags, metadata);
  }

  /** With another version. */
  public ServiceInstance withVersion(String other) {
    return new ServiceInstance(
        service, id, host, ports, status, weight, region, zone, other, tags, metadata);
  }

  /** With these tags and no others. */
  public ServiceInstance withTags(Set<String> others) {
    return new ServiceInstance(
        service, id, host, ports, status, weight, region, zone, version, others, metadata);
  }

  /** With one entry of metadata more, or another value for it. */
  public ServiceInstance withMetadata(String key, String value) {
    TreeMap<String, String> more = new TreeMap<>(metadata);
    more.put(key, value);
    return withMetadata(more);
  }

  /** With this metadata and no other. */
  public ServiceInstance withMetadata(Map<String, String> others) {
    return new ServiceInstance(
        service, id, host, ports, status, weight, region, zone, version, tags, others);
  }
}
