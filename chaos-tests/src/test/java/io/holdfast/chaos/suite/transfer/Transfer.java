package io.holdfast.chaos.suite.transfer;

import java.util.List;

/**
 * Some money that is to move.
 *
 * @param name no other has it
 * @param account at either side, one after the other
 * @param amount that moves from the first side to the second; back if it is negative
 */
record Transfer(String name, List<Integer> account, int amount) {

  /** What it changes at a side, 0 or 1. */
  Change at(int side) {
    return new Change(name, account.get(side), side == 0 ? -amount : amount);
  }

  /** One side of it. */
  record Change(String transfer, int account, int amount) {

    String encode() {
      return transfer + " " + account + " " + amount;
    }

    static Change decode(String text) {
      String[] parts = text.split(" ", -1);
      return new Change(parts[0], Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
    }
  }
}
