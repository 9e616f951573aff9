import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { makeClient } from "./api/queries";
import { App } from "./App";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/pages.css";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={makeClient()}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
