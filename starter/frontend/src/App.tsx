import { useState } from "react";
import { Route, Switch, useLocation, useSearch } from "wouter";
import { CartPage } from "./pages/CartPage";
import { CataloguePage } from "./pages/CataloguePage";
import { CheckoutPage } from "./pages/CheckoutPage";
import { MissingPage } from "./pages/MissingPage";
import { OrderPage } from "./pages/OrderPage";
import { OrdersPage } from "./pages/OrdersPage";
import { ProductPage } from "./pages/ProductPage";
import { Boundary } from "./parts/Boundary";
import { Header } from "./parts/Header";
import { Note } from "./parts/Note";
import { useArrival } from "./parts/Title";
import { keeps } from "./state/storage";

export function App() {
  const [kept] = useState(() => keeps());
  useArrival(`${useLocation()[0]}?${useSearch()}`);
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <Header />
      <main id="main" tabIndex={-1}>
        {!kept && <Note>This browser keeps no data for this page: your cart is there until you close or reload it.</Note>}
        <Boundary>
          <Switch>
            <Route path="/" component={CataloguePage} />
            <Route path="/item/:id">{({ id }) => <ProductPage key={id} id={id} />}</Route>
            <Route path="/cart" component={CartPage} />
            <Route path="/checkout" component={CheckoutPage} />
            <Route path="/order/:id">{({ id }) => <OrderPage key={id} id={id} />}</Route>
            <Route path="/purchases" component={OrdersPage} />
            <Route component={MissingPage} />
          </Switch>
        </Boundary>
      </main>
      <footer className="footer">
        <p>ShopFast is a practice shop: nothing is charged and nothing is sent.</p>
      </footer>
    </>
  );
}
