package io.holdfast.cli.services;

import io.holdfast.registry.HealthCheck;
import io.holdfast.registry.ServiceInstance;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that describe an instance. */
public final class InstanceOptions {

  @Option(
      names = "--id",
      paramLabel = "ID",
      required = true,
      description = "unique in the service; a restarted program may use it again")
  private String id = "";

  @Option(
      names = "--host",
      paramLabel = "HOST",
      required = true,
      description = "how others reach it: a name or an address")
  private String host = "";

  @Option(
      names = "--port",
      paramLabel = "NAME=PORT",
      required = true,
      description = "a port, such as http=8080; may be given more than once")
  private Map<String, Integer> ports = new LinkedHashMap<>();

  @Option(
      names = "--weight",
      paramLabel = "N",
      defaultValue = "100",
      description = "its share of the load, relative to others (default: ${DEFAULT-VALUE})")
  private int weight = ServiceInstance.ORDINARY_WEIGHT;

  @Option(names = "--region", paramLabel = "NAME", defaultValue = "", description = "where it is")
  private String region = "";

  @Option(
      names = "--zone",
      paramLabel = "NAME",
      defaultValue = "",
      description = "the failure domain in the region")
  private String zone = "";

  @Option(
      names = "--service-version",
      paramLabel = "VERSION",
      defaultValue = "",
      description = "the software that it runs")
  private String version = "";

  @Option(names = "--tag", paramLabel = "TAG", description = "a tag; may be given more than once")
  private Set<String> tags = new LinkedHashSet<>();

  @Option(
      names = "--meta",
      paramLabel = "KEY=VALUE",
      description = "what else others need to know, no secrets; may be given more than once")
  private Map<String, String> metadata = new LinkedHashMap<>();

  @Option(
      names = "--check",
      paramLabel = "tcp|http:URL",
      description =
          "how to find out its health: tcp connects to its first port, http:http://127.0.0.1:8080/health"
              + " gets the URL and wants a status of 200 to 299. It is up after two good ones, down"
              + " after three bad ones")
  private @Nullable String check;

  public ServiceInstance of(String service) {
    ServiceInstance instance =
        ServiceInstance.of(service, id, host)
            .withWeight(weight)
            .withRegion(region)
            .withZone(zone)
            .withVersion(version)
            .withTags(tags)
            .withMetadata(metadata);
    for (Map.Entry<String, Integer> port : ports.entrySet()) {
      instance = instance.withPort(port.getKey(), port.getValue());
    }
    return instance;
  }

  Optional<HealthCheck> check() {
    if (check == null) {
      return Optional.empty();
    }
    if (check.equals("tcp")) {
      return Optional.of(HealthCheck.tcp(host, ports.values().iterator().next()));
    }
    if (check.startsWith("http:")) {
      String url = check.startsWith("http://") ? check : check.substring("http:".length());
      URI uri = URI.create(url);
      if (("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getHost() != null) {
        return Optional.of(HealthCheck.http(uri));
      }
    }
    throw new IllegalArgumentException(
        "--check is tcp, or http: and a URL such as http:http://127.0.0.1:8080/health");
  }
}
