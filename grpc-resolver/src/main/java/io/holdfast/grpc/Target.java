package io.holdfast.grpc;

import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a channel is to reach.
 *
 * @param service the service's name
 * @param port the name of the instances' port
 */
record Target(String service, String port) {

  /** The name of the port where a target names none. */
  static final String GRPC = "grpc";

  private static final Pattern PATH = Pattern.compile("/([A-Za-z0-9][A-Za-z0-9._-]{0,127})");
  private static final Pattern QUERY = Pattern.compile("port=([A-Za-z0-9][A-Za-z0-9._-]{0,127})");

  /**
   * Reads {@code holdfast:///service} or {@code holdfast:///service?port=name}.
   *
   * @throws IllegalArgumentException if it is neither
   */
  static Target of(URI uri) {
    String query = uri.getRawQuery();
    Matcher path = PATH.matcher(String.valueOf(uri.getRawPath()));
    Matcher port = QUERY.matcher(query == null ? "port=" + GRPC : query);
    if (uri.getRawAuthority() != null || !path.matches() || !port.matches()) {
      throw new IllegalArgumentException(
          "not a target: '"
              + uri
              + "'; write holdfast:///payment, or holdfast:///payment?port=name if the port is not"
              + " called "
              + GRPC);
    }
    return new Target(path.group(1), port.group(1));
  }
}
