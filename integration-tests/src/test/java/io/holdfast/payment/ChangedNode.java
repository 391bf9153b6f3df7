package io.holdfast.payment;

import io.holdfast.coordination.Coordinator;
import io.holdfast.payment.ledger.Catalogue;
import java.io.IOException;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Starts nodes of which something is changed. */
public final class ChangedNode {

  private ChangedNode() {}

  /**
   * Starts a node whose scenarios are not those of the house.
   *
   * @param cluster connects to the cluster
   * @param change makes the scenarios of those of the house
   */
  public static PaymentNode start(
      NodeConfig config, Supplier<Coordinator> cluster, UnaryOperator<Catalogue> change)
      throws IOException, InterruptedException {
    return PaymentNode.start(config, cluster::get, change);
  }

  /** For everybody, whoever they say that they are. */
  public static NodeConfig open(NodeConfig config) {
    return config.withSecurity(NodeSecurity.insecureOpen());
  }
}
