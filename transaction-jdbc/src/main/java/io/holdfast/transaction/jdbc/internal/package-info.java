/** What participants over JDBC have in common. For this module only. */
@NullMarked
package io.holdfast.transaction.jdbc.internal;

import org.jspecify.annotations.NullMarked;
