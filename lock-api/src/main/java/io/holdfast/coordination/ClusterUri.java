package io.holdfast.coordination;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a cluster is and which part of it is ours: {@code zookeeper://h1:2181,h2:2181/payments},
 * {@code etcd://h1:2379/payments}, {@code memory://name}.
 *
 * <p>It must not contain credentials, because addresses appear in logs.
 *
 * @param scheme which backend, lower case; {@code +tls} at its end asks for TLS
 * @param hosts {@code host} or {@code host:port}, at least one
 * @param namespace the key above all keys of Holdfast, {@code holdfast} if the address names none
 */
public record ClusterUri(String scheme, List<String> hosts, Key namespace) {

  private static final Pattern FORM =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]+)(?:/([^?#]*))?");
  private static final Pattern HOST =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?");
  private static final String EXAMPLE = "; an example: zookeeper://host1:2181,host2:2181/payments";

  public ClusterUri {
    hosts = List.copyOf(hosts);
  }

  /**
   * Reads an address.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  public static ClusterUri parse(@Nullable String text) {
    if (text == null || text.isBlank()) {
      throw new IllegalArgumentException("no cluster address is given" + EXAMPLE);
    }
    Matcher form = FORM.matcher(text.strip());
    if (text.indexOf('@') >= 0) {
      throw new IllegalArgumentException(
          "a cluster address carries no user or password: give the user with"
              + " Credentials.withLogin or --user, and the password by file or environment");
    }
    if (!form.matches()) {
      throw new IllegalArgumentException("not a cluster address: '" + text + "'" + EXAMPLE);
    }
    List<String> hosts = List.of(form.group(2).split(",", -1));
    for (String host : hosts) {
      checkHost(host, text);
    }
    String path = form.group(3) == null ? "" : form.group(3).replaceAll("^/+|/+$", "");
    Key namespace;
    try {
      namespace = new Key(path.isEmpty() ? "holdfast" : path);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the namespace of '" + text + "': " + e.getMessage() + EXAMPLE, e);
    }
    return new ClusterUri(form.group(1).toLowerCase(Locale.ROOT), hosts, namespace);
  }

  private static void checkHost(String host, String text) {
    Matcher parts = HOST.matcher(host);
    if (!parts.matches()) {
      throw new IllegalArgumentException("not a host: '" + host + "' in '" + text + "'" + EXAMPLE);
    }
    String port = parts.group(2);
    if (port != null && Integer.parseInt(port.substring(1)) > 65_535) {
      throw new IllegalArgumentException("not a port: '" + host + "' in '" + text + "'");
    }
  }

  /** The hosts, each with a port: its own or {@code defaultPort}. */
  public List<String> hostsWithPort(int defaultPort) {
    return hosts.stream()
        .map(host -> host.matches(".*:[0-9]+") ? host : host + ":" + defaultPort)
        .toList();
  }

  /** The same cluster, another part of it. */
  public ClusterUri withNamespace(Key other) {
    return new ClusterUri(scheme, hosts, other);
  }

  @Override
  public String toString() {
    return scheme + "://" + String.join(",", hosts) + "/" + namespace;
  }
}
