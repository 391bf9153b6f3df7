package io.holdfast.cli.console;

/** Who sits at the keyboard, for what asks for a name. */
public final class Operator {

  private Operator() {}

  /** {@code user@host}. */
  public static String name() {
    String user = System.getProperty("user.name", "?");
    return user + "@" + ClusterConnection.ourselves().host();
  }
}
