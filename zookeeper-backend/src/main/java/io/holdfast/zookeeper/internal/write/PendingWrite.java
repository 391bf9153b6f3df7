package io.holdfast.zookeeper.internal.write;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.proto.CreateRequest;
import org.apache.zookeeper.proto.SetDataRequest;

/**
 * One write that somebody waits for.
 *
 * @param present nodes without which nothing is written: a condition on the state just before
 * @param ops all of them or none
 * @param apart names of what no two writes of one {@code multi} may have in common
 * @param behind called right after sending
 * @param outcome completes in the context, unless the session is lost first
 */
record PendingWrite(
    Set<String> present,
    List<Op> ops,
    Set<String> apart,
    Runnable behind,
    CompletableFuture<WriteOutcome> outcome) {

  /** Roughly what it takes in a request. */
  int bytes() {
    int bytes = 0;
    for (Op op : ops) {
      bytes += op.getPath().length() + data(op).length;
    }
    return bytes;
  }

  private static byte[] data(Op op) {
    byte[] none = new byte[0];
    byte[] data =
        switch (op.getType()) {
          case OpCode.create, OpCode.createContainer ->
              ((CreateRequest) op.toRequestRecord()).getData();
          case OpCode.setData -> ((SetDataRequest) op.toRequestRecord()).getData();
          default -> none;
        };
    return data == null ? none : data;
  }
}
