package io.holdfast.transaction.jdbc;

import io.holdfast.spi.Finding;
import java.util.List;

/**
 * Finds out whether a database is fit to take part in distributed commits, and says what to do
 * where it is not. Reads only.
 */
public interface DatabaseDoctor {

  /** Examines it. Blocks for some round trips. At least one finding; never throws. */
  List<Finding> examine();
}
