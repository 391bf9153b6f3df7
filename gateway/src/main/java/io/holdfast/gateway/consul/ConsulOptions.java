package io.holdfast.gateway.consul;

/**
 * How the Consul door presents itself.
 *
 * @param datacenter the name of the one datacenter there is; a letter or digit, then up to 63 of
 *     letters, digits, hyphens and underscores
 * @param waits how many queries may wait at a time; those beyond are answered at once
 */
public record ConsulOptions(String datacenter, int waits) {

  private static final int WAITS = 20_000;

  public ConsulOptions {
    if (!datacenter.matches("[A-Za-z0-9][A-Za-z0-9_-]{0,63}")) {
      throw new IllegalArgumentException(
          "a datacenter is a letter or digit, then up to 63 of letters, digits, '-' and '_'");
    }
    if (waits < 1) {
      throw new IllegalArgumentException("at least one query may wait");
    }
  }

  /** The datacenter {@code dc1}, as Consul's own default, and 20,000 waits. */
  public static ConsulOptions defaults() {
    return new ConsulOptions("dc1", WAITS);
  }

  /** With another name for the datacenter. */
  public ConsulOptions withDatacenter(String other) {
    return new ConsulOptions(other, waits);
  }
}
