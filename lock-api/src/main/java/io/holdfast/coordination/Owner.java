package io.holdfast.coordination;

import java.net.InetAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The process that owns a session or a place in a queue, for people who inspect the cluster.
 *
 * <p>In the store it is {@code name=...&host=...&pid=...&since=...} in the form encoding of URLs:
 * readable in any tool. Unknown fields are ignored.
 *
 * @param name the service or program
 * @param host the machine
 * @param pid the process
 * @param since when the process started, or when the place was asked for
 * @param attributes whatever else helps; small, no secrets
 */
public record Owner(
    String name, String host, long pid, Instant since, Map<String, String> attributes) {

  public Owner {
    attributes = Map.copyOf(attributes);
  }

  /**
   * This process. Its name is the system property {@code holdfast.owner}, else the environment
   * variable {@code HOLDFAST_OWNER}, else the main class without its package or the jar without its
   * folder.
   */
  public static Owner thisProcess() {
    return thisProcess(
        nameOf(
            System.getProperty("holdfast.owner"),
            System.getenv("HOLDFAST_OWNER"),
            System.getProperty("sun.java.command"),
            System.getProperty("java.class.path")));
  }

  /** The first text that is not blank. */
  static String nameOf(
      @Nullable String property,
      @Nullable String environment,
      @Nullable String command,
      @Nullable String classPath) {
    if (property != null && !property.isBlank()) {
      return property.strip();
    }
    if (environment != null && !environment.isBlank()) {
      return environment.strip();
    }
    return command == null || command.isBlank()
        ? "java"
        : program(command.strip(), String.valueOf(classPath));
  }

  /**
   * Of {@code com.shop.Orders --port 80}, {@code shop/com.shop.Orders} or {@code lib/orders.jar}.
   * The arguments after it are left out: they may be secret, and everybody can see an owner's name.
   * If Java runs a jar, the class path is that jar; this shows where its name ends if it contains a
   * space.
   */
  private static String program(String command, String classPath) {
    boolean whole = !classPath.isBlank() && command.startsWith(classPath);
    String started = whole ? classPath : command.split("\\s", 2)[0];
    int folder = Math.max(started.lastIndexOf('/'), started.lastIndexOf('\\'));
    String name = started.substring(folder + 1);
    return whole || name.endsWith(".jar")
        ? name.replaceFirst("\\.[jw]ar$", "")
        : name.substring(name.lastIndexOf('.') + 1);
  }

  /** This process, under {@code name}. */
  public static Owner thisProcess(String name) {
    ProcessHandle self = ProcessHandle.current();
    return new Owner(
        name, hostName(), self.pid(), self.info().startInstant().orElseGet(Instant::now), Map.of());
  }

  private static String hostName() {
    String fromEnvironment = System.getenv("HOSTNAME");
    if (fromEnvironment != null && !fromEnvironment.isBlank()) {
      return fromEnvironment;
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown-host";
    }
  }

  /** The same owner with one attribute more. */
  public Owner with(String attribute, String value) {
    return with(Map.of(attribute, value));
  }

  /** The same owner with more attributes. */
  public Owner with(Map<String, String> others) {
    Map<String, String> more = new LinkedHashMap<>(attributes);
    more.putAll(others);
    return new Owner(name, host, pid, since, more);
  }

  /** The same owner since another time. */
  public Owner since(Instant when) {
    return new Owner(name, host, pid, when, attributes);
  }

  /** The stored form. */
  public Payload encode() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("name", name);
    fields.put("host", host);
    fields.put("pid", Long.toString(pid));
    fields.put("since", since.toString());
    attributes.forEach(fields::putIfAbsent);
    return Payload.utf8(
        fields.entrySet().stream()
            .map(field -> escape(field.getKey()) + "=" + escape(field.getValue()))
            .collect(Collectors.joining("&")));
  }

  /** Reads the stored form; empty if it is not one (a foreign client's data, say). */
  public static Optional<Owner> decode(Payload payload) {
    try {
      Map<String, String> fields = new LinkedHashMap<>();
      for (String field : payload.text().split("&", -1)) {
        int equals = field.indexOf('=');
        if (equals > 0) {
          fields.put(unescape(field.substring(0, equals)), unescape(field.substring(equals + 1)));
        }
      }
      String name = fields.remove("name");
      String host = fields.remove("host");
      String pid = fields.remove("pid");
      String since = fields.remove("since");
      if (name == null || host == null || pid == null || since == null) {
        return Optional.empty();
      }
      return Optional.of(new Owner(name, host, Long.parseLong(pid), Instant.parse(since), fields));
    } catch (IllegalArgumentException | java.time.DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Most texts need no escape, and this is done at each join of a queue. */
  private static String escape(String text) {
    return text.chars().allMatch(Owner::isPlain)
        ? text
        : URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static boolean isPlain(int c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '-';
  }

  private static String unescape(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
