/**
 * A real MariaDB for tests. Read {@code MariaDbServer} first; whoever uses it brings the JDBC
 * driver.
 */
@NullMarked
package io.holdfast.testkit.mariadb;

import org.jspecify.annotations.NullMarked;
