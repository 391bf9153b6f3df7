package io.holdfast.coordination.security;

import java.util.Locale;
import java.util.regex.Pattern;

/** The addresses that lead nowhere but to this machine, told by how they are written. */
final class Loopback {

  private static final Pattern PORT = Pattern.compile(":[0-9]+$");
  private static final Pattern WRITTEN =
      Pattern.compile("(.+\\.)?localhost|127(\\.[0-9]{1,3}){3}|\\[(::1|(0{1,4}:){7}0{0,3}1)]");

  private Loopback() {}

  /**
   * True if the host is this machine, whatever a name service says. Asks none: a name that one
   * would resolve to this machine counts as elsewhere.
   *
   * @param host with or without a port, an IPv6 address in brackets
   */
  public static boolean isOn(String host) {
    String bare = PORT.matcher(host).replaceFirst("");
    return WRITTEN.matcher(bare.toLowerCase(Locale.ROOT)).matches();
  }
}
