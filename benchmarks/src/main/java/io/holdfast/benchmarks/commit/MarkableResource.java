package io.holdfast.benchmarks.commit;

import com.arjuna.ats.jta.resources.LastResourceCommitOptimisation;
import java.sql.Connection;
import java.sql.SQLException;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jboss.tm.ConnectableResource;
import org.jboss.tm.XAResourceWrapper;

/**
 * A plain connection as Narayana's commit-markable resource: it puts a row of its own into the same
 * transaction, in the table {@link #DDL}, and commits that first; so there is nothing to prepare.
 */
final class MarkableResource
    implements XAResourceWrapper, ConnectableResource, LastResourceCommitOptimisation {

  static final String NAME = "holdfast-markable";

  static final String DDL =
      "CREATE TABLE IF NOT EXISTS xids"
          + " (xid bytea, transactionManagerID varchar(64), actionuid bytea)";

  private final Connection connection;

  MarkableResource(Connection connection) {
    this.connection = connection;
  }

  @Override
  public Object getConnection() {
    return connection;
  }

  @Override
  public void commit(Xid xid, boolean onePhase) throws XAException {
    try {
      connection.commit();
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  @Override
  public void rollback(Xid xid) throws XAException {
    try {
      connection.rollback();
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private static XAException failed(SQLException cause) {
    XAException failure = new XAException(XAException.XAER_RMFAIL);
    failure.initCause(cause);
    return failure;
  }

  @Override
  public int prepare(Xid xid) {
    return XA_OK;
  }

  @Override
  public void start(Xid xid, int flags) {}

  @Override
  public void end(Xid xid, int flags) {}

  @Override
  public void forget(Xid xid) {}

  @Override
  public Xid[] recover(int flag) {
    return new Xid[0];
  }

  @Override
  public boolean isSameRM(XAResource other) {
    return other == this;
  }

  @Override
  public int getTransactionTimeout() {
    return 0;
  }

  @Override
  public boolean setTransactionTimeout(int seconds) {
    return false;
  }

  @Override
  public XAResource getResource() {
    return this;
  }

  @Override
  public String getProductName() {
    return "PostgreSQL";
  }

  @Override
  public String getProductVersion() {
    return "";
  }

  @Override
  public String getJndiName() {
    return NAME;
  }
}
