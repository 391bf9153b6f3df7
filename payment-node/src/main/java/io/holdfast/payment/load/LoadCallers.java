package io.holdfast.payment.load;

import io.holdfast.payment.ledger.Role;
import java.util.Map;
import java.util.TreeMap;

/**
 * In whose names the clients of a load call. Nodes that are not open to everybody must know them
 * all.
 *
 * @param run of the load
 */
public record LoadCallers(String run) {

  /** Their names, with the role that each needs. */
  public Map<String, Role> roles() {
    Map<String, Role> roles = new TreeMap<>();
    roles.put(customer(), Role.CUSTOMER);
    roles.put(shop(), Role.MERCHANT);
    for (String owner : new String[] {customer(), shop()}) {
      roles.put(operatorFor(owner), Role.OPERATOR);
      roles.put(secondOperatorFor(owner), Role.OPERATOR);
    }
    roles.put(bank(), Role.OPERATOR);
    roles.put(secondOfBank(), Role.OPERATOR);
    roles.put(auditor(), Role.AUDITOR);
    return roles;
  }

  /** Owns the accounts that pay each other. */
  String customer() {
    return run;
  }

  /** Owns the merchants' accounts. */
  String shop() {
    return run + "-shop";
  }

  String bank() {
    return run + "-bank";
  }

  String secondOfBank() {
    return run + "-bank-2";
  }

  /** Reads the nodes' figures. */
  public String auditor() {
    return run + "-auditor";
  }

  /** Opens accounts of this owner. */
  static String operatorFor(String owner) {
    return owner + "-operator-1";
  }

  static String secondOperatorFor(String owner) {
    return owner + "-operator-2";
  }
}
