/**
 * Methods of beans whose work in several databases is committed together or not at all: read {@link
 * io.holdfast.spring.commit.GlobalTransaction} first. For applications.
 */
@NullMarked
package io.holdfast.spring.commit;

import org.jspecify.annotations.NullMarked;
