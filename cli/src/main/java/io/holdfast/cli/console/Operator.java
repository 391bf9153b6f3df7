package io.holdfast.cli.console;

/** The name of the operator who runs the command. */
public final class Operator {

  private Operator() {}

  /** {@code user@host}. */
  public static String name() {
    String user = System.getProperty("user.name", "?");
    return user + "@" + ClusterConnection.ourselves().host();
  }
}
