package io.holdfast.payment;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a node listens, and the address by which clients and other nodes reach it, which differ
 * behind a NAT, in a container, or on a machine with several networks.
 *
 * @param bind where it listens; a missing port, or 0, lets the system choose one
 * @param published what stands in the registration; if empty, where it listens
 */
public record Advertised(HostPort bind, Optional<HostPort> published) {

  private static final Set<String> EVERY_ADDRESS = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0", "*");
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.\\d{1,3}){3}|::1|(0:){7}1");

  /**
   * A host and perhaps a port.
   *
   * @param host a name or an address; an IPv6 address without brackets
   * @param port 0 to 65535
   */
  public record HostPort(String host, OptionalInt port) {

    private static final Pattern NAME_OR_IPV4 =
        Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
    private static final Pattern FORM =
        Pattern.compile("(?:\\[([^\\]]+)]|([^:\\[\\]]+))(?::(\\d{1,5}))?");
    private static final int LARGEST_PORT = 65_535;

    public HostPort {
      if (!NAME_OR_IPV4.matcher(host).matches() && !IPV6.matcher(host).matches()) {
        throw new IllegalArgumentException("no host: " + host.replaceAll("[^ -~]", "?"));
      }
      if (port.isPresent() && port.getAsInt() > LARGEST_PORT) {
        throw new IllegalArgumentException("a port is 0 to 65535, not " + port.getAsInt());
      }
    }

    /**
     * Reads {@code host}, {@code host:port}, {@code [ipv6]:port}, or an IPv6 address alone.
     *
     * @throws IllegalArgumentException if it is none of them
     */
    public static HostPort parse(String text) {
      if (text.indexOf(':') != text.lastIndexOf(':') && !text.startsWith("[")) {
        return new HostPort(text, OptionalInt.empty());
      }
      Matcher form = FORM.matcher(text);
      if (!form.matches()) {
        throw new IllegalArgumentException(
            "give a host, host:port or [IPv6 address]:port, not " + text.replaceAll("[^ -~]", "?"));
      }
      return new HostPort(
          form.group(1) == null ? form.group(2) : form.group(1),
          form.group(3) == null
              ? OptionalInt.empty()
              : OptionalInt.of(Integer.parseInt(form.group(3))));
    }

    /** As in a URL. */
    @Override
    public String toString() {
      String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
      return port.isPresent() ? shown + ":" + port.getAsInt() : shown;
    }
  }

  public Advertised {
    boolean everywhere = EVERY_ADDRESS.contains(bind.host());
    if (everywhere && published.isEmpty()) {
      throw new IllegalArgumentException(
          "a node that listens on every address needs --advertise, by which others reach it");
    }
    if (published.filter(there -> EVERY_ADDRESS.contains(there.host())).isPresent()) {
      throw new IllegalArgumentException(
          "nobody reaches a node by " + published.get().host() + ": --advertise a host");
    }
    OptionalInt outside = published.map(HostPort::port).orElse(OptionalInt.empty());
    if (outside.isPresent() && outside.getAsInt() == 0) {
      throw new IllegalArgumentException("--advertise a port that is not 0, or none");
    }
    if (outside.isPresent() && bind.port().orElse(0) == 0) {
      throw new IllegalArgumentException(
          "--advertise names a port, so --bind must too: one that the system chooses is another");
    }
  }

  /**
   * As given on a command line.
   *
   * @param bind {@code host[:port]}
   * @param advertise {@code host[:port]}; if empty, where it listens
   * @throws IllegalArgumentException if others could not reach a node by that
   */
  public static Advertised of(String bind, Optional<String> advertise) {
    return new Advertised(HostPort.parse(bind), advertise.map(HostPort::parse));
  }

  /** Which port to listen on; 0 lets the system choose. */
  public int bindPort() {
    return bind.port().orElse(0);
  }

  /**
   * What stands in the registration.
   *
   * @param listening the port that the node has
   */
  public HostPort at(int listening) {
    HostPort shown = published.orElse(bind);
    return new HostPort(
        shown.host(),
        published.isPresent() && shown.port().isPresent()
            ? shown.port()
            : OptionalInt.of(listening));
  }

  /** Whether nobody but this machine can reach it, told by how it is written. */
  public boolean isLoopback() {
    return LOOPBACK.matcher(bind.host()).matches();
  }
}
