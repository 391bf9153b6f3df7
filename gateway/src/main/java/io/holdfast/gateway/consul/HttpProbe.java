package io.holdfast.gateway.consul;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.registry.lease.Lease;
import io.holdfast.spi.Durations;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A check that a gateway makes: a GET at the instance's own address, without headers, that follows
 * no redirect and reads no body.
 *
 * @param url whose host is the instance's address
 * @param interval from one to the next
 * @param timeout of one, with the connection
 * @param anyCertificate whether the instance's certificate is taken unseen
 * @param local the {@link Loopback} of the client, if it came by one
 */
record HttpProbe(
    URI url, Duration interval, Duration timeout, boolean anyCertificate, Optional<String> local) {

  private static final int LONGEST_URL = 1_024;
  private static final Duration USUAL_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);
  private static final Duration SHORTEST_DEREGISTER = Duration.ofMinutes(1);
  private static final List<String> COUNTERS =
      List.of("SuccessBeforePassing", "FailuresBeforeWarning", "FailuresBeforeCritical");

  /**
   * Reads the check that a client registers.
   *
   * @param address of its instance
   * @param local the {@link Loopback} that it came by, if it did
   * @throws BadRequestException if it says something that is not served
   */
  static HttpProbe read(JsonNode check, String address, Optional<String> local) {
    String method = ServiceDefinition.text(check, "Method");
    if (!method.isEmpty() && !method.equalsIgnoreCase("GET")) {
      throw new BadRequestException("a check by HTTP is a GET here");
    }
    if (!ServiceDefinition.field(check, "Header").isEmpty()
        || !ServiceDefinition.text(check, "Body").isEmpty()) {
      throw new BadRequestException(
          "a check by HTTP has no headers and no body here: everybody could read them");
    }
    for (String counter : COUNTERS) {
      if (ServiceDefinition.field(check, counter).asInt() > 1) {
        throw new BadRequestException(counter + " is not served here");
      }
    }
    Duration interval =
        GoDuration.parse(ServiceDefinition.text(check, "Interval"))
            .filter(there -> there.compareTo(SHORTEST_INTERVAL) >= 0)
            .orElseThrow(() -> new BadRequestException("an Interval is 1s or more, such as 10s"));
    String timeout = ServiceDefinition.text(check, "Timeout");
    Duration wanted =
        timeout.isEmpty()
            ? USUAL_TIMEOUT
            : GoDuration.parse(timeout)
                .filter(there -> !there.isZero())
                .orElseThrow(() -> new BadRequestException("Invalid Timeout"));
    return new HttpProbe(
        url(ServiceDefinition.text(check, "HTTP"), address),
        interval.compareTo(Lease.LONGEST) > 0 ? Lease.LONGEST : interval,
        wanted.compareTo(LONGEST_TIMEOUT) > 0 ? LONGEST_TIMEOUT : wanted,
        ServiceDefinition.field(check, "TLSSkipVerify").asBoolean(),
        local);
  }

  private static URI url(String text, String address) {
    URI url;
    try {
      url = new URI(text);
    } catch (URISyntaxException e) {
      throw new BadRequestException("the URL of a check cannot be read");
    }
    String scheme = String.valueOf(url.getScheme());
    if (text.length() > LONGEST_URL
        || url.getHost() == null
        || url.getRawUserInfo() != null
        || !(scheme.equals("http") || scheme.equals("https"))) {
      throw new BadRequestException(
          "the URL of a check is http or https, with a host, without a user, of at most "
              + LONGEST_URL
              + " characters");
    }
    if (!plain(url.getHost()).equalsIgnoreCase(plain(address))) {
      throw new BadRequestException(
          "a check by HTTP is made at the address of its service, "
              + address
              + ", and nowhere else: register a check with a TTL and report its result"
              + " (in Spring: spring.cloud.consul.discovery.heartbeat.enabled=true)");
    }
    return url;
  }

  /** Without the brackets of IPv6. */
  private static String plain(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  /** How long its instance stays while it fails: as the client says, an hour if it says nothing. */
  static Duration staysCritical(JsonNode check) {
    return GoDuration.parse(ServiceDefinition.text(check, "DeregisterCriticalServiceAfter"))
        .filter(there -> !there.isZero())
        .map(there -> there.compareTo(SHORTEST_DEREGISTER) < 0 ? SHORTEST_DEREGISTER : there)
        .orElse(Lease.LONGEST);
  }

  String host() {
    return plain(url.getHost());
  }

  boolean isSecure() {
    return url.getScheme().equals("https");
  }

  int port() {
    return url.getPort() > 0 ? url.getPort() : isSecure() ? 443 : 80;
  }

  /** Path and query, as they stand. */
  String target() {
    String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    return url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
  }

  void write(ObjectNode json) {
    json.put("url", url.toString())
        .put("intervalMillis", Durations.millis(interval))
        .put("timeoutMillis", Durations.millis(timeout))
        .put("anyCertificate", anyCertificate);
    local.ifPresent(name -> json.put("local", name));
  }

  /** Empty if it is none, or one that nobody could have registered. */
  static Optional<HttpProbe> read(JsonNode json, String address) {
    if (!json.isObject()) {
      return Optional.empty();
    }
    try {
      JsonNode local = json.path("local");
      return Optional.of(
          new HttpProbe(
              url(json.path("url").asText(), address),
              Duration.ofMillis(Math.max(1_000, json.path("intervalMillis").asLong())),
              Duration.ofMillis(Math.max(1, json.path("timeoutMillis").asLong())),
              json.path("anyCertificate").asBoolean(),
              local.isTextual() ? Optional.of(local.asText()) : Optional.empty()));
    } catch (BadRequestException e) {
      return Optional.empty();
    }
  }
}
