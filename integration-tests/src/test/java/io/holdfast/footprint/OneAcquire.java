package io.holdfast.footprint;

import io.holdfast.coordination.Coordinator;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.Locks;

/** A process that takes one free lock, gives it back, and prints when. */
final class OneAcquire {

  static final String CONNECTED = "== connected";
  static final String BEGINS = "== acquire begins";
  static final String ENDS = "== release has returned";

  private OneAcquire() {}

  /** Runs it: the address of the cluster. */
  public static void main(String[] args) throws InterruptedException {
    try (Coordinator coordinator = Coordinator.connect(args[0])) {
      System.out.println(CONNECTED);
      DistributedLock lock = new Locks(coordinator).lock("invoice-7").exclusive();
      System.out.println(BEGINS);
      lock.acquire().close();
      System.out.println(ENDS);
    }
  }
}
