package io.holdfast.benchmarks.commit;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;
import org.postgresql.xa.PGXADataSource;

/** Connections for transaction managers that bring no pool. */
final class XaPool implements AutoCloseable {

  private final BlockingQueue<Pooled> idle = new LinkedBlockingQueue<>();

  /** One of them, with its one handle. */
  static final class Pooled {
    private final XAConnection physical;
    private final Connection handle;

    Pooled(XAConnection physical) throws SQLException {
      this.physical = physical;
      this.handle = physical.getConnection();
    }

    XAResource resource() throws SQLException {
      return physical.getXAResource();
    }

    void change(int account, int amount) throws SQLException {
      Ledgers.change(handle, account, amount);
    }
  }

  XaPool(String url, int connections) throws SQLException {
    PGXADataSource source = source(url);
    for (int i = 0; i < connections; i++) {
      idle.add(new Pooled(source.getXAConnection()));
    }
  }

  static PGXADataSource source(String url) {
    PGXADataSource source = new PGXADataSource();
    source.setUrl(url);
    return source;
  }

  Pooled take() throws InterruptedException {
    return idle.take();
  }

  void giveBack(Pooled one) {
    idle.add(one);
  }

  @Override
  public void close() throws SQLException {
    for (Pooled one = idle.poll(); one != null; one = idle.poll()) {
      one.physical.close();
    }
  }
}
